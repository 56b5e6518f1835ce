internal import Foundation
internal import Worker

/// One line a source on standard error, drawn over itself while pages come in.
final class ProgressBars: @unchecked Sendable {
  // `lock` guards all state; updates come from the tasks that read the sources.
  private let lock = NSLock()
  private var lines: [(source: String, update: ReadingProgress)] = []
  private var drawn = 0
  private var lastDrawn = ContinuousClock.now
  private static let pause = Duration.milliseconds(80)

  /// Takes an update; draws at most some twelve times a second.
  func show(_ update: ReadingProgress) {
    lock.withLock {
      if let index = lines.firstIndex(where: { $0.source == update.source }) {
        lines[index].update = update
      } else {
        lines.append((update.source, update))
      }
      guard ContinuousClock.now - lastDrawn > Self.pause || drawn == 0 else { return }
      draw()
    }
  }

  /// Takes the lines away again.
  func clear() {
    lock.withLock {
      guard drawn > 0 else { return }
      write("\u{1B}[\(drawn)A\u{1B}[J")
      drawn = 0
      lines = []
    }
  }

  private func draw() {
    var text = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
    for line in lines { text += "\u{1B}[2K\(Self.text(line.update))\n" }
    write(text)
    drawn = lines.count
    lastDrawn = .now
  }

  private static func text(_ update: ReadingProgress) -> String {
    let name = update.source.padding(toLength: 12, withPad: " ", startingAt: 0)
    guard let total = update.total, total > 0 else {
      return "\(name) \(update.phase)  \(update.done)"
    }
    let filled = min(24, update.done * 24 / total)
    let bar = String(repeating: "━", count: filled) + String(repeating: "╌", count: 24 - filled)
    return "\(name) \(bar) \(update.done)/\(total) \(update.phase)"
  }

  private func write(_ text: String) {
    Console.complaint(text)
  }
}
