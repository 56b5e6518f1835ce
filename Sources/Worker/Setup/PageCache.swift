internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import Storage

/// Keeps pages for conditional requests in the store; a cache that fails only costs a request.
struct PageCache: ResponseCache {
  private let store: Store

  init(_ store: Store) {
    self.store = store
  }

  /// What is remembered beside the body.
  private struct Head: Codable {
    var status: Int
    var headers: [[String]]
  }

  func entry(for key: CacheKey) -> CachedResponse? {
    guard let page = try? store.cachedPage(Self.text(key)),
      let head = try? JSONDecoder().decode(Head.self, from: Data(page.headers))
    else { return nil }
    return CachedResponse(
      status: head.status, etag: page.etag, lastModified: page.lastModified,
      headers: head.headers.filter { $0.count == 2 }.map { ($0[0], $0[1]) },
      body: ResponseBody(copying: page.body))
  }

  func store(_ response: CachedResponse, for key: CacheKey) {
    let head = Head(status: response.status, headers: response.headers.map { [$0.0, $0.1] })
    guard let headers = try? JSONEncoder().encode(head) else { return }
    let body = response.body.withUnsafeBytes { [UInt8]($0) }
    try? store.storePage(
      Self.text(key),
      CachedPage(
        etag: response.etag, lastModified: response.lastModified, headers: [UInt8](headers),
        body: body, storedAt: Timestamp(Date())))
  }

  private static func text(_ key: CacheKey) -> String {
    [key.source, key.identity, key.method, key.url, key.range ?? ""].joined(separator: "\n")
  }
}
