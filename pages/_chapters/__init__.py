"""The chapters of the pages with many: one module per page, one function per chapter."""
