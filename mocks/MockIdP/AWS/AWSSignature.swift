internal import Crypto
internal import Foundation

/// Checks signatures as AWS does (Signature Version 4).
///
/// - SeeAlso: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
struct AWSSignature {
  /// What the `Authorization` header says.
  let keyID: String
  let date: String
  let region: String
  let service: String
  private let signedHeaders: [String]
  private let signature: String

  /// Reads the header.
  init(_ call: Call) throws {
    let refusal = AWSAPI.refusal("IncompleteSignature", "The Authorization header is incomplete.")
    guard let header = call.headers["authorization"] else {
      throw AWSAPI.refusal("MissingAuthenticationToken", "Request is missing Authentication Token")
    }
    guard header.hasPrefix("AWS4-HMAC-SHA256 ") else { throw refusal }
    var parts: [String: String] = [:]
    for part in header.dropFirst(17).split(separator: ",") {
      let pair = part.trimmingCharacters(in: .whitespaces).split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { throw refusal }
      parts[String(pair[0])] = String(pair[1])
    }
    let scope = (parts["Credential"] ?? "").split(separator: "/").map(String.init)
    guard scope.count == 5, scope[4] == "aws4_request", let headers = parts["SignedHeaders"],
      let signature = parts["Signature"]
    else { throw refusal }
    keyID = scope[0]
    date = scope[1]
    region = scope[2]
    service = scope[3]
    signedHeaders = headers.split(separator: ";").map(String.init)
    self.signature = signature
  }

  /// Checks the whole: which headers are signed, the time, the signature.
  func check(_ call: Call, secret: String, now: Date) throws {
    let mismatch = AWSAPI.refusal(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.")
    guard signedHeaders == signedHeaders.sorted(), Set(signedHeaders).count == signedHeaders.count
    else { throw mismatch }
    let mandatory = call.headers.keys.filter {
      $0 == "host" || $0 == "content-type" || $0.hasPrefix("x-amz-")
    }
    guard Set(mandatory).isSubset(of: signedHeaders),
      signedHeaders.allSatisfy({ call.headers[$0] != nil })
    else {
      throw AWSAPI.refusal(
        "SignatureDoesNotMatch", "'\(mandatory.sorted().joined(separator: ";"))' must be signed.")
    }
    let stamp = call.headers["x-amz-date"] ?? ""
    guard stamp.hasPrefix(date), let time = Self.time(stamp) else {
      throw AWSAPI.refusal("IncompleteSignature", "Date must be in ISO-8601 'basic format'.")
    }
    guard abs(time.timeIntervalSince(now)) <= 300 else {
      throw AWSAPI.refusal(
        "SignatureDoesNotMatch", "Signature expired: \(stamp) is now earlier than allowed.")
    }
    let canonical = [
      call.method, "/", Self.canonical(call.query),
      signedHeaders.map { "\($0):\(Self.trimmed(call.headers[$0] ?? ""))\n" }.joined(),
      signedHeaders.joined(separator: ";"), Hex.encode(SHA256.hash(data: call.body)),
    ].joined(separator: "\n")
    let scope = "\(date)/\(region)/\(service)/aws4_request"
    let text = [
      "AWS4-HMAC-SHA256", stamp, scope, Hex.encode(SHA256.hash(data: Data(canonical.utf8))),
    ].joined(separator: "\n")
    var key = Data("AWS4\(secret)".utf8)
    for part in [date, region, service, "aws4_request", text] {
      key = Data(HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: .init(data: key)))
    }
    guard Hex.encode(key) == signature else { throw mismatch }
  }

  private static func time(_ stamp: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
    return formatter.date(from: stamp)
  }

  private static func canonical(_ query: String) -> String {
    query.split(separator: "&").map { $0.contains("=") ? String($0) : "\($0)=" }.sorted()
      .joined(separator: "&")
  }

  private static func trimmed(_ value: String) -> String {
    value.split(separator: " ").joined(separator: " ")
  }
}
