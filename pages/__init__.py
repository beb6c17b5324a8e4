"""The app: one page per idea, and what pages share."""
