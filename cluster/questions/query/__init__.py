"""The query language of search, find, hide and the filters of lists: parsing, values, matching.

`static/js/state/query.js` and `match.js` are the same language in the browser; the table
`tests/js/fixtures/queries.json` is run against both.
"""
