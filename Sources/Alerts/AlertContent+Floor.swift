internal import IdentityCore

extension AlertContent {
  /// The content without findings below a severity; the totals of the run stay.
  func atLeast(_ floor: Severity) -> AlertContent {
    var copy = self
    copy.opened.removeAll { $0.severity < floor }
    copy.resolved.removeAll { $0.severity < floor }
    return copy
  }

  /// How much the message matters, in a word: that of the worst finding that opened, `medium` where something went wrong
  /// with the run itself, `resolved` where all of it is good news.
  var severityWord: String {
    let isTrouble = notices.contains { $0.kind == .sourceFailed || $0.kind == .runHeld }
    let all = opened.map(\.severity) + (isTrouble ? [.medium] : [])
    return all.max()?.rawValue ?? "resolved"
  }

  /// Whether there is nothing to tell.
  var isEmpty: Bool { opened.isEmpty && resolved.isEmpty && notices.isEmpty }
}
