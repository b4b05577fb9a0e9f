"""The dashboard's pages, forms, upload, plan and trace, and the headers every page carries."""
