/// Sentences for a terminal, for those who print lines of their own.
public enum TerminalText {
  /// A text in lines as wide as the terminal lets them be, made harmless; one line where there is no terminal.
  ///
  /// - Parameters:
  ///   - indent: the columns before every line.
  ///   - hanging: further columns before every line but the first.
  public static func lines(
    _ text: String, _ style: TerminalStyle, indent: Int = 0, hanging: Int = 0
  ) -> [String] {
    var page = TextPage(TerminalStyle(width: style.width, palette: .none))
    page.text(text, indent: indent, hanging: hanging)
    return page.output
  }
}
