/// Text for a terminal that is no table: headings, sentences, labelled facts; all foreign text is made harmless.
struct TextPage {
  private let style: TerminalStyle
  private(set) var output: [String] = []

  /// Begins an empty page.
  init(_ style: TerminalStyle) {
    self.style = style
  }

  /// An empty line.
  mutating func gap() { output.append("") }

  /// A sentence, wrapped where there is a terminal, so many columns in.
  mutating func text(
    _ text: String, _ tone: Palette.Tone = .plain, indent: Int = 0, hanging: Int = 0
  ) {
    let visible = InertText.visible(text)
    let lines = wrapped(visible, room: indent + hanging)
    for (index, line) in lines.enumerated() {
      let margin = String(repeating: " ", count: indent + (index == 0 ? 0 : hanging))
      output.append(margin + style.palette.paint(line, tone))
    }
  }

  /// A label and a value beside it; long values hang under themselves.
  mutating func fact(
    _ label: String, _ value: String, _ tone: Palette.Tone = .plain, indent: Int = 2,
    column: Int = 14
  ) {
    let visible = InertText.visible(label)
    let padding = String(repeating: " ", count: max(2, column - DisplayWidth.of(visible)))
    let margin = String(repeating: " ", count: indent)
    let lines = wrapped(InertText.visible(value), room: indent + column)
    for (index, line) in lines.enumerated() {
      let painted = style.palette.paint(line, tone)
      output.append(
        index == 0
          ? margin + style.palette.paint(visible, .quiet) + padding + painted
          : String(repeating: " ", count: indent + column) + painted)
    }
  }

  /// Hands the page on.
  func write(to bytes: inout ByteOutput) {
    for line in output {
      bytes.raw(line)
      bytes.byte(0x0A)
    }
  }

  private func wrapped(_ text: String, room: Int) -> [String] {
    guard let width = style.width else { return [text] }
    return DisplayWidth.wrapped(text, to: max(20, min(width, 120) - room))
  }
}
