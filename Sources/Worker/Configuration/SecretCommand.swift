internal import Foundation
internal import Reports

/// A command that prints a secret, in a process group of its own that ends with it.
///
/// It has ten seconds and 64 KiB. Whatever it started is killed when it has ended, so that nothing keeps a pipe, a
/// terminal or the run.
enum SecretCommand {
  /// What a command came to.
  enum Outcome {
    /// What it printed, when it ended with 0.
    case output([UInt8])
    /// Why there is none, with what it said on standard error.
    case failure(String)
  }

  /// The longest output.
  private static let maximumBytes = 64 * 1024
  /// How much of standard error is shown.
  private static let shownBytes = 2 * 1024
  private static let patience = Duration.seconds(10)

  /// Runs a command of the shell to its end.
  static func run(_ command: String, environment: [String: String]) -> Outcome {
    guard let group = CommandGroup("/bin/sh", ["-c", command], environment) else {
      return .failure("The command for a secret could not be started.")
    }
    defer { group.end() }
    let deadline = ContinuousClock.now + patience
    var status: Int32?
    while true {
      status = group.status()
      // Once more after its end: what it wrote last is in the pipe.
      group.read(most: maximumBytes)
      if group.output.count > maximumBytes { return .failure("\(told) printed more than 64 KiB.") }
      if status != nil { break }
      let left = deadline - ContinuousClock.now
      guard left > .zero else {
        return .failure("\(told) took longer than 10 s and was ended." + said(group))
      }
      group.wait(atMost: left)
    }
    guard status == 0 else {
      return .failure("\(told) failed (\(text(status ?? 0)))." + said(group))
    }
    return .output(group.output)
  }

  private static let told = "The command for a secret"

  private static func text(_ status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "status \(status >> 8 & 0xFF)" : "signal \(signal)"
  }

  /// What the command said on standard error, without what it printed as its secret.
  private static func said(_ group: CommandGroup) -> String {
    var text = String(decoding: group.errors.prefix(shownBytes), as: UTF8.self)
    let secret = String(decoding: group.output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if secret.count >= 6 { text = text.replacingOccurrences(of: secret, with: "<redacted>") }
    text = InertText.make(text.trimmingCharacters(in: .whitespacesAndNewlines), for: .terminal)
    return text.isEmpty ? " It said nothing." : " It said: \(text)"
  }
}
