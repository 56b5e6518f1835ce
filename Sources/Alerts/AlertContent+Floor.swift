internal import IdentityCore

extension AlertContent {
  /// The content without findings below a severity; the totals of the run stay.
  func atLeast(_ floor: Severity) -> AlertContent {
    var copy = self
    copy.opened.removeAll { $0.severity < floor }
    copy.resolved.removeAll { $0.severity < floor }
    return copy
  }

  /// Whether there is nothing to tell.
  var isEmpty: Bool { opened.isEmpty && resolved.isEmpty && notices.isEmpty }
}
