internal import Crypto
public import CurlTransport
internal import Foundation

/// The key that webhooks are signed with, as Standard Webhooks 1.0 writes it: `whsec_` and base64.
///
/// - SeeAlso: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
public struct WebhookSecret: Sendable, CustomStringConvertible, CustomReflectable {
  private static let prefix = "whsec_"
  private let key: SymmetricKey

  /// Reads a secret of 24 to 64 bytes.
  ///
  /// A plain word is refused: it would be guessed more easily than it looks, and the receivers' libraries
  /// would decode it to another key than the one meant.
  /// - Parameter channel: named in the error.
  /// - Throws: ``AlertError`` with `.configuration`, which says how to make a secret and does not show this one.
  public init(_ secret: Secret, channel: String) throws(AlertError) {
    let bytes: Data? = secret.withExposed { text in
      let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
      guard text.hasPrefix(Self.prefix) else { return nil }
      var base64 = String(text.dropFirst(Self.prefix.count))
      while base64.utf8.count % 4 != 0, !base64.hasSuffix("==") { base64 += "=" }
      return Data(base64Encoded: base64)
    }
    guard let bytes, (24...64).contains(bytes.count) else {
      let problem =
        bytes.map { "holds \(count($0.count, "byte", "bytes"))" } ?? "does not have this form"
      throw AlertError(
        .configuration, channel: channel,
        detail: "The secret of a webhook is `whsec_` and 24 to 64 bytes in base64; this one "
          + "\(problem). Make one with `echo whsec_$(openssl rand -base64 32)`.")
    }
    key = SymmetricKey(data: bytes)
  }

  /// The signature of one try: `v1,` and the HMAC-SHA256 of id, timestamp and body in base64.
  func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    var hmac = HMAC<SHA256>(key: key)
    hmac.update(data: Array("\(id).\(timestamp).".utf8))
    hmac.update(data: body)
    return "v1," + Data(hmac.finalize()).base64EncodedString()
  }

  /// Always `<redacted>`.
  public var description: String { "<redacted>" }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
