/// What is known of the place a table is shown in.
public struct TerminalStyle: Sendable, Hashable {
  /// Columns of the terminal; nil when the output is no terminal: nothing is cut short then.
  public var width: Int?
  /// The colours.
  public var palette: Palette

  /// Makes a style; widths below 40 count as 40.
  public init(width: Int?, palette: Palette) {
    self.width = width.map { max($0, 40) }
    self.palette = palette
  }

  /// No terminal: no colour, and nothing is cut short.
  public static let plain = TerminalStyle(width: nil, palette: .none)
}

/// The few colours of the command line, each a role and not a paint.
public struct Palette: Sendable, Hashable {
  /// What a piece of text is.
  public enum Tone: Sendable, Hashable, CaseIterable {
    /// Ordinary text.
    case plain
    /// A heading or the answer.
    case strong
    /// Less important than what stands around it.
    case quiet
    /// Wrong.
    case bad
    /// Uncertain, or soon wrong.
    case warning
    /// As it should be.
    case good
    /// A name or identifier worth finding.
    case accent
  }

  private let isColoured: Bool

  /// No colour at all.
  public static let none = Palette(isColoured: false)
  /// The sixteen colours every terminal has, as its owner has set them.
  public static let ansi = Palette(isColoured: true)

  /// Colours for a terminal whose environment does not forbid them (`NO_COLOR`, `TERM=dumb`).
  public static func fitting(isTerminal: Bool, environment: [String: String]) -> Palette {
    let isForbidden = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return isTerminal && !isForbidden ? .ansi : .none
  }

  /// A text in a tone; the text is already harmless.
  public func paint(_ text: String, _ tone: Tone) -> String {
    guard isColoured, !text.isEmpty, let code = code(of: tone) else { return text }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  private func code(of tone: Tone) -> String? {
    switch tone {
    case .plain: nil
    case .strong: "1"
    case .quiet: "2"
    case .bad: "1;31"
    case .warning: "33"
    case .good: "32"
    case .accent: "36"
    }
  }
}
