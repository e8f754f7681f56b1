"""Your own tests: nothing in this folder is ever generated again."""
