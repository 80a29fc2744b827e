"""Papers from the pages: slips, lists to pick by, travellers and labels, as PDF."""

from hub.web.page_door import Routes

ROUTES: Routes = ()
