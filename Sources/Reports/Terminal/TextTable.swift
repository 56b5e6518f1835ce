/// A table for a terminal: columns as wide as they need to be, or as the terminal lets them.
///
/// Every text is made harmless. In a terminal, cells are cut with an ellipsis and notes are wrapped; elsewhere nothing is
/// cut, and a cell longer than its column pushes its row out of line.
public struct TextTable: Sendable {
  /// On which side the cells of a column stand.
  public enum Alignment: Sendable { case leading, trailing }

  /// A column.
  public struct Column: Sendable {
    var title: String
    var alignment: Alignment
    var isFlexible: Bool
    var isWhole: Bool
    var gives: Int?

    /// Makes a column.
    ///
    /// - Parameters:
    ///   - isFlexible: whether it gives way first where the terminal is narrow.
    ///   - isWhole: whether its cells are not cut while anything else can give way: addresses.
    ///   - gives: in which order it is left out, the lowest first, where the others would be cut too short; what it says
    ///     then stands beneath rows that say more. Nil: it stays.
    public init(
      _ title: String, _ alignment: Alignment = .leading, isFlexible: Bool = false,
      isWhole: Bool = false, gives: Int? = nil
    ) {
      self.title = title
      self.alignment = alignment
      self.isFlexible = isFlexible
      self.isWhole = isWhole
      self.gives = gives
    }
  }

  /// A text and what it is.
  public struct Cell: Sendable {
    var text: String
    var tone: Palette.Tone

    /// Makes a cell.
    public init(_ text: String, _ tone: Palette.Tone = .plain) {
      self.text = text
      self.tone = tone
    }
  }

  /// A row, and what is to be said beneath it.
  public struct Row: Sendable {
    var cells: [Cell]
    var notes: [Cell]

    /// Makes a row with as many cells as the table has columns.
    public init(_ cells: [Cell], notes: [Cell] = []) {
      self.cells = cells
      self.notes = notes
    }
  }

  private static let gap = 2
  private static let noteIndent = 4
  private static let noteLines = 6
  private static let widestColumn = 60
  /// An address is never longer.
  private static let widestWhole = 254
  private static let narrowestColumn = 6
  /// The longest kind of finding: so much stays before columns are left out.
  private static let longestWord = 20

  private let columns: [Column]

  /// Makes a table of these columns.
  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Writes the head and the rows; the rows are looked at twice, so they may be made as they are asked for.
  ///
  /// - Throws: what the sink throws.
  public func write(
    _ rows: some Collection<Row>, style: TerminalStyle, to sink: @escaping ByteSink
  ) throws {
    var output = ByteOutput(to: sink)
    try write(rows, style: style, to: &output)
    try output.finish()
  }

  /// Writes the head and the rows.
  func write(
    _ rows: some Collection<Row>, style: TerminalStyle, to output: inout ByteOutput
  ) throws {
    let layout = layout(of: rows, in: style)
    let head = columns.map { Cell($0.title, .quiet) }
    write(head, layout, style, to: &output)
    for row in rows {
      write(row.cells, layout, style, to: &output)
      if !row.notes.isEmpty, let left = leftOut(of: row, layout) {
        write(note: left, style, to: &output)
      }
      for note in row.notes { write(note: note, style, to: &output) }
      try output.drain()
    }
  }

  /// The columns that are shown, and how wide.
  private struct Layout {
    var shown: [Int]
    var widths: [Int]

    var total: Int {
      shown.reduce(0) { $0 + widths[$1] } + TextTable.gap * max(0, shown.count - 1)
    }
  }

  /// What the columns that are left out say of a row; nil when they say nothing.
  private func leftOut(of row: Row, _ layout: Layout) -> Cell? {
    let parts = columns.indices.filter { !layout.shown.contains($0) }.compactMap { index in
      let text = row.cells[index].text
      return text.isEmpty || text == "–" ? nil : "\(columns[index].title) \(text)"
    }
    return parts.isEmpty ? nil : Cell(parts.joined(separator: " · "), .quiet)
  }

  // MARK: Layout

  private func layout(of rows: some Collection<Row>, in style: TerminalStyle) -> Layout {
    var widths = columns.map { DisplayWidth.of($0.title) }
    for row in rows {
      for (index, cell) in row.cells.enumerated() {
        let most = columns[index].isWhole ? Self.widestWhole : Self.widestColumn
        guard widths[index] < most else { continue }
        let text = InertText.visible(cell.text)
        widths[index] = max(widths[index], DisplayWidth.of(text, upTo: most))
      }
    }
    var layout = Layout(shown: Array(columns.indices), widths: widths)
    guard let available = style.width else { return layout }
    shrink(&layout, to: available, least: Self.longestWord) { $0.isFlexible }
    let giving = columns.indices.filter { columns[$0].gives != nil }
      .sorted { (columns[$0].gives ?? 0) < (columns[$1].gives ?? 0) }
    for index in giving where layout.total > available {
      layout.shown.removeAll { $0 == index }
    }
    shrink(&layout, to: available, least: Self.narrowestColumn) { !$0.isWhole }
    shrink(&layout, to: available, least: Self.narrowestColumn) { _ in true }
    return layout
  }

  /// Takes from the widest column that may give until the row fits.
  private func shrink(
    _ layout: inout Layout, to available: Int, least: Int, _ mayGive: (Column) -> Bool
  ) {
    while layout.total > available {
      let giving = layout.shown.filter { layout.widths[$0] > least && mayGive(columns[$0]) }
      guard let widest = giving.max(by: { layout.widths[$0] < layout.widths[$1] }) else { return }
      layout.widths[widest] -= 1
    }
  }

  private func write(
    _ cells: [Cell], _ layout: Layout, _ style: TerminalStyle, to output: inout ByteOutput
  ) {
    let widths = layout.widths
    for index in layout.shown where index < cells.count {
      let cell = cells[index]
      let whole = InertText.visible(cell.text)
      let text = style.width == nil ? whole : DisplayWidth.truncated(whole, to: widths[index])
      let isLast = index == layout.shown.last
      let missing = widths[index] - DisplayWidth.of(text, upTo: widths[index])
      let isTrailing = columns[index].alignment == .trailing
      if isTrailing { pad(missing, to: &output) }
      output.raw(style.palette.paint(text, cell.tone))
      if !isLast { pad((isTrailing ? 0 : missing) + Self.gap, to: &output) }
    }
    output.byte(0x0A)
  }

  private func write(note: Cell, _ style: TerminalStyle, to output: inout ByteOutput) {
    let text = InertText.visible(note.text)
    var lines = [text]
    if let width = style.width {
      let room = width - Self.noteIndent
      lines = DisplayWidth.wrapped(text, to: room, atMost: Self.noteLines + 1)
      if lines.count > Self.noteLines {
        let last = DisplayWidth.truncated(lines[Self.noteLines - 1] + " …", to: room)
        lines = lines.prefix(Self.noteLines - 1) + [last]
      }
    }
    for line in lines {
      pad(Self.noteIndent, to: &output)
      output.raw(style.palette.paint(line, note.tone))
      output.byte(0x0A)
    }
  }

  private func pad(_ count: Int, to output: inout ByteOutput) {
    for _ in 0..<count { output.byte(UInt8(ascii: " ")) }
  }
}
