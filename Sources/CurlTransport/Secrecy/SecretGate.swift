internal import CCurl
internal import Synchronization

/// The one gate through which everything passes that a server or a proxy sends back to a source: its secrets are
/// struck out there, in every form.
///
/// It knows what the source is configured with (``add(_:)``) and what its requests carried. In what is read (bodies of
/// 2xx, headers) only secrets of 16 bytes and more are struck out, lest a short password change what a reply means; in
/// what is told (refusals, messages, ids of requests) those of 6 and more. What is struck out of a reply keeps its length.
public final class SecretGate: Sendable {
  /// What the text is for.
  public enum Use: Sendable {
    /// To be read and judged.
    case data
    /// To be told.
    case message

    var shortest: Int {
      switch self {
      case .data: 16
      case .message: 6
      }
    }
  }

  private struct State {
    var configured: [SecretNeedle] = []
    var carried: [SecretNeedle] = []
    var known: Set<String> = []
  }

  /// How many secrets that requests carried are remembered: tokens of an hour, over a run of days.
  private static let maxCarried = 64
  private let state = Mutex(State())

  /// A gate that knows nothing yet.
  public init() {}

  /// Makes a secret of the configuration known.
  public func add(_ secret: Secret) {
    secret.withExposed { text in
      state.withLock { state in
        guard !text.isEmpty, state.known.insert(text).inserted else { return }
        state.configured.append(SecretNeedle(text))
      }
    }
  }

  /// Makes known what a request carries.
  ///
  /// - Returns: that of it which replies are cleared of as well; others that were minted may be in a reply that mints them
  ///   once more.
  func carry(_ secrets: [String]) -> [SecretNeedle] {
    state.withLock { state in
      for text in secrets where !text.isEmpty && state.known.insert(text).inserted {
        state.carried.append(SecretNeedle(text))
      }
      if state.carried.count > Self.maxCarried {
        for old in state.carried.prefix(state.carried.count - Self.maxCarried) {
          state.known.remove(old.secret)
        }
        state.carried.removeFirst(state.carried.count - Self.maxCarried)
      }
      return state.carried.filter { secrets.contains($0.secret) }
    }
  }

  /// A text that is to be told, without any secret.
  public func strike(_ text: String) -> String {
    let needles = state.withLock { $0.configured + $0.carried }
    guard !needles.isEmpty else { return text }
    var bytes = Array(text.utf8)
    let found = Self.places(needles, .message, in: bytes)
    guard !found.isEmpty else { return text }
    for range in found.reversed() {
      bytes.replaceSubrange(range, with: Array("<redacted>".utf8))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Puts asterisks in the place of secrets; what is there stays as long as it was.
  ///
  /// - Parameter carried: what the request carried, for a reply that is read; nil clears it of all that is known.
  func mask(_ bytes: UnsafeMutableRawBufferPointer, _ use: Use, carried: [SecretNeedle]?) {
    let needles = state.withLock { $0.configured + (carried ?? $0.carried) }
    // All are found before any is struck out: forms begin alike, and one must not hide the rest of another.
    var places: [Range<Int>] = []
    for needle in needles {
      needle.forEachPlace(use, in: UnsafeRawBufferPointer(bytes)) { places.append($0) }
    }
    for index in places.joined() { bytes[index] = 0x2A }
  }

  /// Where secrets stand, in order and without overlap.
  private static func places(
    _ needles: [SecretNeedle], _ use: Use, in bytes: [UInt8]
  ) -> [Range<Int>] {
    var isSecret = [Bool](repeating: false, count: bytes.count)
    bytes.withUnsafeBytes { buffer in
      for needle in needles {
        needle.forEachPlace(use, in: buffer) { place in
          for index in place { isSecret[index] = true }
        }
      }
    }
    var found: [Range<Int>] = []
    var start: Int?
    for (index, marked) in (isSecret + [false]).enumerated() {
      if marked, start == nil { start = index }
      if !marked, let begin = start {
        found.append(begin..<index)
        start = nil
      }
    }
    return found
  }
}

/// One secret in all its forms, ready to be looked for.
struct SecretNeedle: Sendable {
  let secret: String
  private let forms: [[UInt8]]

  /// As many bytes of a form make it recognised, so that a secret which was cut off is found too.
  private static let recognised = 16

  init(_ secret: String) {
    self.secret = secret
    forms = SecretForms.all(secret, shortest: SecretGate.Use.message.shortest)
  }

  /// Finds every place of every form, or of its beginning where that is long enough.
  func forEachPlace(
    _ use: SecretGate.Use, in bytes: UnsafeRawBufferPointer, _ body: (Range<Int>) -> Void
  ) {
    guard let base = bytes.baseAddress else { return }
    for form in forms where form.count >= use.shortest {
      let length = min(form.count, Self.recognised)
      var start = 0
      while start + length <= bytes.count {
        let offset = ccurl_find(base + start, bytes.count - start, form, length)
        guard offset >= 0 else { break }
        let place = start + offset
        var end = place + length
        while end < bytes.count, end - place < form.count, bytes[end] == form[end - place] {
          end += 1
        }
        body(place..<end)
        start = end
      }
    }
  }
}
