// @ts-check
/**
 * The shapes the drawing works with. `docs/graph.md` is the contract with the server; this file
 * says the same in JSDoc types. It holds no code.
 *
 * @typedef {'ok'|'warn'|'deny'|'unknown'|'term'|'skip'} State
 * @typedef {'allow'|'deny'|'unknown'|'notready'|'own'|'dns'} EdgeState
 *
 * @typedef {object} Reason
 * @property {string} text
 * @property {string} [object] the object the reason rests on, in words
 * @property {string} [path] the field of that object
 * @property {string} [value]
 * @property {number|null} [revision]
 * @property {boolean} [cause] true for the reason that decides
 *
 * @typedef {{text: string, state?: State, title?: string}} Badge
 *
 * @typedef {{number: number, state: 'pass'|'assumed'|'stop'|'off'}} StepMark a trace's step
 * @typedef {object} ListingLine one line of a card: a word and its value, or a numbered entry
 * @property {string} text
 * @property {string} [key] the word before it, in a column of its own
 * @property {string} [mark] the number before it
 * @property {string} [end] what stands at the right
 * @property {State} [state]
 *
 * @typedef {object} Node
 * @property {string} id Kind/namespace/name
 * @property {string} kind
 * @property {string} namespace
 * @property {string} name
 * @property {string} paint
 * @property {string} icon
 * @property {string} lane
 * @property {string|null} [group]
 * @property {string} [order]
 * @property {string} [overline]
 * @property {string} [variant]
 * @property {string} [meta]
 * @property {State|null} [state]
 * @property {string} [word]
 * @property {Badge[]} [badges]
 * @property {{ready: boolean, serving: boolean, terminating: boolean}|null} [conditions]
 * @property {[number, number]|null} [ready]
 * @property {number} [count]
 * @property {number|null} [size]
 * @property {boolean} [compact]
 * @property {boolean} [ghost]
 * @property {boolean} [assumed] not known, drawn dotted with a question mark
 * @property {boolean} [faint]
 * @property {boolean} [wide] a compact card as wide as others
 * @property {{text: string, state?: State}[]} [lines] more lines below the meta line
 * @property {{id: string, text: string, state: 'ok'|'warn'|'idle'|'missing'}[]} [sockets] addresses at the left
 * @property {string} [cells] a bin: a letter per endpoint
 * @property {number} [places] how many cells a bin has
 * @property {string[]} [facts] words beside a bin's grid
 * @property {string[]} [flash] edges that flash when the card changes
 * @property {{heads: string[], rows: string[][]}} [grid] a table drawn as a card
 * @property {string[]} [notes] up to two lines under the card
 * @property {boolean} [pill] a full card with round ends
 * @property {ListingLine[]} [listing] what stands on a card that is a text: a file, a list
 * @property {'lit'|'dim'} [mark] stands out, or back, in a view where something was tried
 * @property {{text: string, value: number}[]} [top] the largest parts of a tile
 * @property {Record<string, string[]>} [find] values the query's terms look at
 * @property {StepMark[]} [steps] numbers of a trace's steps at the card's corners
 * @property {'+'|'-'} [sign] gained or lost by a plan
 * @property {string} label
 * @property {string|null} [href]
 * @property {string|null} [open]
 * @property {Reason[]} [why]
 *
 * @typedef {object} Edge
 * @property {string} id
 * @property {string} from
 * @property {string} to
 * @property {EdgeState} state
 * @property {string} [label]
 * @property {number} [count]
 * @property {'IPv4'|'IPv6'|null} [family]
 * @property {'from'|'to'|null} [stop] the side that stops it, for denied edges
 * @property {{text: string, state: 'allow'|'deny'}[]} [shields]
 * @property {number|null} [step] number of the trace step
 * @property {StepMark[]} [steps] the same where there are several, each with its state
 * @property {'+'|'-'} [sign] gained or lost by a plan
 * @property {boolean} [faint]
 * @property {[number, number]} [socket] the socket of the target it ends at, and of how many
 * @property {string} [title]
 * @property {Reason[]} [why]
 *
 * @typedef {object} Group
 * @property {string} id
 * @property {'namespace'|'workload'|'node'|'off'|'group'|'band'} kind
 * @property {string} label
 * @property {string} [sub]
 * @property {string} [icon]
 * @property {string} [paint]
 * @property {string|null} [lane]
 * @property {string|null} [parent]
 * @property {string} [order]
 * @property {State|null} [state]
 * @property {Badge[]} [badges]
 * @property {string|null} [href]
 *
 * @typedef {{id: string, label: string, count?: number}} Lane
 * @typedef {{state: State, text: string, why?: string}} Verdict
 * @typedef {{value: string|number, label: string, state?: State|null, note?: string}} Counter
 * @typedef {{ready: number[], count: number}} Writes of a slice: how many were ready after the last, of how many
 * @typedef {{text: string, href?: string|null, state?: State|null, mono?: boolean}} Cell
 * @typedef {{id: string, cells: Cell[]}} Row
 * @typedef {{columns: {id: string, label: string, align?: string}[], rows: Row[]}} Table
 * @typedef {{text: string, items?: Outline[]}} Outline
 *
 * @typedef {{name: string, label: string, value: string, choices: {value: string, label: string}[]}} Option
 *
 * @typedef {{id: string, name: string, namespace: string, sub: string}} MatrixHead
 * @typedef {{state: 'allow'|'partial'|'deny'|'self', text: string, ports?: string, label: string, edge: string|null, trace?: string|null, why?: Reason[]}} MatrixCell
 * @typedef {{columns: MatrixHead[], rows: (MatrixHead & {cells: MatrixCell[]})[]}} Matrix
 *
 * @typedef {object} Detail
 * @property {{text: string, state: State}[]} [notes] sentences under the drawing
 * @property {'map'|'matrix'} [form] which form of the picture the reader sees
 * @property {Matrix} [matrix] rows from, columns to
 *
 * @typedef {{first: number, last: number, total: number, page: number, pages: number}} Listed
 *
 * @typedef {object} Graph
 * @property {number} rev
 * @property {string} time
 * @property {string} cluster
 * @property {string} view
 * @property {string} level
 * @property {'lanes'|'tiles'|'namespaces'|'bands'|'bins'} layout
 * @property {{namespace?: string, name?: string, kind?: string}} scope
 * @property {string} title
 * @property {string} label
 * @property {{label: string, href?: string|null}[]} [crumbs]
 * @property {Verdict|null} [verdict]
 * @property {Counter[]} [counters]
 * @property {Lane[]} lanes
 * @property {Node[]} nodes
 * @property {Edge[]} edges
 * @property {Group[]} groups
 * @property {Record<string, number>} [truncated]
 * @property {string} [folded] what is not drawn, in words
 * @property {string|null} [next]
 * @property {Listed|null} [listed] which rows of how many the table has; nothing where it is whole
 * @property {{find: string, omit: string}|null} [sifted] the queries that the rows answer
 * @property {Table|null} [table]
 * @property {Outline[]} [text]
 * @property {Option[]} [options] what the reader may change about the view
 * @property {string[]} [guide] the lines of "How to read this"
 * @property {Detail} [detail] what stands beside the drawing
 *
 * @typedef {object} Elements
 * @property {Node[]} [nodes]
 * @property {Edge[]} [edges]
 * @property {Group[]} [groups]
 *
 * @typedef {{nodes?: string[], edges?: string[], groups?: string[]}} Ids
 *
 * @typedef {object} Delta
 * @property {number} rev
 * @property {number} prev
 * @property {string} [time]
 * @property {Elements} [add]
 * @property {Elements} [change]
 * @property {Ids} [remove]
 * @property {Partial<Graph>} [head]
 * @property {[number, Table['rows'][number]][]} [rows] rows of the table that changed, by their place
 *
 * @typedef {object} Changes what an apply did
 * @property {string[]} added node ids
 * @property {string[]} removed node ids
 * @property {string[]} changed node ids
 * @property {boolean} structure true when nodes, groups or lanes came or went
 * @property {string[]} head names of the head members that changed
 * @property {boolean} any
 *
 * @typedef {{x: number, y: number, w: number, h: number}} Rect
 * @typedef {Rect & {id: string, continued?: boolean}} Box a group's rectangle; a group may have several
 * @typedef {{id: string, label: string, count?: number, x: number, w: number}} LaneRect
 *
 * @typedef {object} Layout
 * @property {Map<string, Rect>} cards by node id
 * @property {Box[]} boxes
 * @property {LaneRect[]} lanes
 * @property {number} width
 * @property {number} height
 * @property {boolean} [tiles] cards are tiles; edges run between their ports
 *
 * @typedef {[number, number]} Point
 * @typedef {[Point, Point, Point, Point]} Cubic
 */

export {};
