internal import Crypto
internal import CurlTransport
internal import Foundation

/// Signs requests to Duo's Admin API, in both versions in use.
///
/// - SeeAlso: <https://duo.com/docs/adminapi#authentication>
struct DuoSignature: Sendable {
  /// How the text that is signed is made.
  enum Version: String, Sendable, CaseIterable {
    /// Date, method, host, path, parameters.
    case v2
    /// The same, with hashes of the body and of further headers; policies and integrations insist on it.
    case v5
  }

  let integrationKey: String
  let secretKey: Secret

  /// The parameters in canonical form, which is also what is sent.
  static func canonical(_ parameters: [(String, String)]) -> String {
    let pairs = parameters.map { (URLText.encoded($0.0), URLText.encoded($0.1)) }
    return pairs.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { "\($0.0)=\($0.1)" }
      .joined(separator: "&")
  }

  /// The text that is signed, for a request without a body.
  static func text(
    _ version: Version, date: String, method: String, host: String, path: String, query: String
  ) -> String {
    var lines = [date, method.uppercased(), host.lowercased(), path, query]
    if version == .v5 {
      let nothing = hex(SHA512.hash(data: Data()))
      lines += [nothing, nothing]
    }
    return lines.joined(separator: "\n")
  }

  /// The signature of a text, in hexadecimal.
  func digest(_ text: String) -> String {
    secretKey.withExposed { key in
      Self.hex(
        HMAC<SHA512>.authenticationCode(
          for: Data(text.utf8), using: SymmetricKey(data: Data(key.utf8))))
    }
  }

  /// A time as the `Date` header carries it: `Tue, 03 Nov 2026 09:15:00 -0000`.
  static func date(seconds: Int64) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '-0000'"
    return formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
  }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
