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

    /// Makes a column; a flexible one gives way first where the terminal is narrow.
    public init(_ title: String, _ alignment: Alignment = .leading, isFlexible: Bool = false) {
      self.title = title
      self.alignment = alignment
      self.isFlexible = isFlexible
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
  private static let narrowestColumn = 6

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
    let widths = widths(of: rows, in: style)
    let head = columns.map { Cell($0.title, .quiet) }
    write(head, widths, style, to: &output)
    for row in rows {
      write(row.cells, widths, style, to: &output)
      for note in row.notes { write(note: note, style, to: &output) }
      try output.drain()
    }
  }

  // MARK: Layout

  private func widths(of rows: some Collection<Row>, in style: TerminalStyle) -> [Int] {
    var widths = columns.map { DisplayWidth.of($0.title) }
    for row in rows {
      for (index, cell) in row.cells.enumerated() where widths[index] < Self.widestColumn {
        let text = InertText.visible(cell.text)
        widths[index] = max(widths[index], DisplayWidth.of(text, upTo: Self.widestColumn))
      }
    }
    guard let available = style.width else { return widths }
    shrink(&widths, to: available, onlyFlexible: true)
    shrink(&widths, to: available, onlyFlexible: false)
    return widths
  }

  /// Takes from the widest column that may give until the row fits.
  private func shrink(_ widths: inout [Int], to available: Int, onlyFlexible: Bool) {
    let least = onlyFlexible ? 2 * Self.narrowestColumn : Self.narrowestColumn
    while widths.reduce(0, +) + Self.gap * (widths.count - 1) > available {
      let giving = widths.indices.filter {
        widths[$0] > least && (columns[$0].isFlexible || !onlyFlexible)
      }
      guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
    }
  }

  private func write(
    _ cells: [Cell], _ widths: [Int], _ style: TerminalStyle, to output: inout ByteOutput
  ) {
    for (index, cell) in cells.enumerated() {
      let whole = InertText.visible(cell.text)
      let text = style.width == nil ? whole : DisplayWidth.truncated(whole, to: widths[index])
      let isLast = index == cells.count - 1
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
