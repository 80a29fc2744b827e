"""What is printed or saved: papers and tables drawn from what the pages show."""
