internal import Foundation

/// The ids under which a request can be found again in the vendor's log.
enum RequestID {
  /// The fields that many vendors use.
  static let usual = ["Request-Id", "X-Request-Id"]

  /// Puts a fresh id on a request that has none of its own.
  ///
  /// - Returns: the id; nil when the policy wants none or libcurl signs the request.
  static func add(to job: inout HTTPJob, _ policy: SourcePolicy) -> String? {
    guard let name = policy.requestIDHeader, !job.isSigned else { return nil }
    if let own = job.headers[name] { return own }
    let id = UUID().uuidString.lowercased()
    job.headers.set(name, id)
    return id
  }

  /// The id in a reply, if it looks like one: it is printed.
  static func received(_ headers: HTTPHeaders, _ policy: SourcePolicy) -> String? {
    for name in policy.replyIDHeaders + usual {
      guard let bytes = headers.firstBytes(name), !bytes.isEmpty, bytes.count <= 128,
        bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
      else { continue }
      return String(decoding: bytes, as: UTF8.self)
    }
    return nil
  }
}
