internal import Crypto
internal import CurlTransport
internal import Foundation
internal import IdentityCore

/// Signs requests as Duo's Admin API has it from version 5 on; made anew for every request, for it holds the time.
///
/// - SeeAlso: <https://duo.com/docs/adminapi#authentication>
struct DuoV5Signature: Sendable {
  let integrationKey: String
  let secretKey: Secret
  let clock: @Sendable () -> Timestamp

  /// The fields that a request carries.
  func fields(_ method: String, _ url: String, _ body: [UInt8]) -> [(name: String, value: Secret)] {
    let date = Self.date(clock())
    return [
      ("Date", Secret(date)), ("Authorization", Secret(authorization(date, method, url, body))),
    ]
  }

  /// The field with the signature of a request at a time.
  func authorization(_ date: String, _ method: String, _ url: String, _ body: [UInt8]) -> String {
    let signature = hex(
      HMAC<SHA512>.authenticationCode(
        for: Data(text(date, method, url, body).utf8),
        using: secretKey.withExposed { SymmetricKey(data: Data($0.utf8)) }))
    return "Basic " + Data("\(integrationKey):\(signature)".utf8).base64EncodedString()
  }

  /// The text that is signed.
  func text(_ date: String, _ method: String, _ url: String, _ body: [UInt8]) -> String {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let place = parts[0].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    let host = place.count > 2 ? place[2].prefix { $0 != ":" }.lowercased() : ""
    let path = place.count > 3 ? "/" + place[3] : "/"
    return [
      date, method.uppercased(), host, path, Self.canonical(parts.count > 1 ? parts[1] : ""),
      hex(SHA512.hash(data: Data(body))), hex(SHA512.hash(data: Data())),
    ].joined(separator: "\n")
  }

  /// The parameters encoded anew, sorted by key and then by value.
  static func canonical(_ query: Substring) -> String {
    let pairs = query.split(separator: "&").map { pair -> (String, String) in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = parts.map { URLText.encoded($0.removingPercentEncoding ?? String($0)) }
      return (texts[0], texts.count > 1 ? texts[1] : "")
    }
    return pairs.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
  }

  /// A time as RFC 2822 has it: `Tue, 03 Nov 2026 09:15:00 -0000`.
  static func date(_ now: Timestamp) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '-0000'"
    return formatter.string(from: now.date)
  }

  private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
