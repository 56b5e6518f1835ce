internal import IdentityCore

extension AlertNotice {
  /// What is to be told of how a source was read after how it was read before; nil when that is no news.
  init?(
    source: SourceName, before: ReadingQuality?, now: ReadingQuality, issue: SourceIssue?
  ) {
    let old = before ?? .complete
    if now.isWorse(than: old) {
      self.init(
        kind: .sourceFailed, subject: source,
        message: issue?.message ?? "Source \(source) was not read to its end.",
        remedy: issue?.remedy ?? "")
    } else if now == .complete, old != .complete {
      self.init(
        kind: .sourceRecovered, subject: source,
        message: "Source \(source) was read to its end again.", remedy: "")
    } else {
      return nil
    }
  }
}

extension ReadingQuality {
  fileprivate func isWorse(than other: ReadingQuality) -> Bool { rank > other.rank }

  private var rank: Int {
    switch self {
    case .complete: 0
    case .partial: 1
    case .failed: 2
    }
  }
}
