"""Every word the pages say that stands in no template: states, refusals, events, formats."""
