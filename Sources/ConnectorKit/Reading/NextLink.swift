package import CurlTransport

extension HTTPResponse {
  /// Whether a `Link` header names a next page (RFC 8288).
  package var linksToNext: Bool {
    headers["Link"].map(Self.namesNext) ?? false
  }

  private static func namesNext(_ header: String) -> Bool {
    header.lowercased().split { $0 == ";" || $0 == "," }.contains { part in
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ !$0.isWhitespace }) == "rel" else { return false }
      return pair[1].split { $0 == " " || $0 == "\"" }.contains("next")
    }
  }
}
