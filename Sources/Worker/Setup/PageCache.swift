internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import Storage
internal import Synchronization

/// Keeps pages for conditional requests in the store; a cache that fails only costs a request.
///
/// Up to a limit: beyond it, writing a long list at every run would cost more than asking for it.
final class PageCache: ResponseCache {
  private let store: Store
  private let limit: Int
  /// The bytes kept; nil until somebody asks.
  private let kept = Mutex<Int?>(nil)
  /// The limit: some seven pages of a thousand members, and all that is short.
  private static let usualLimit = 4 << 20
  /// Pages are asked for in full once a month, so that those of lists that moved on do not stay.
  private static let keptSeconds: Int64 = 30 * 86_400

  init(_ store: Store, limit: Int = usualLimit) {
    self.store = store
    self.limit = limit
  }

  /// Whether there is room for so many bytes more; they count as kept then.
  private func claim(_ bytes: Int) -> Bool {
    kept.withLock { kept in
      let before: Int
      if let kept {
        before = kept
      } else {
        try? store.dropPages(before: Timestamp(Date()).adding(seconds: -Self.keptSeconds))
        before = (try? store.cachedBytes()) ?? limit
      }
      let fits = before + bytes <= limit
      kept = fits ? before + bytes : before
      return fits
    }
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
    guard claim(response.body.count) else { return }
    let head = Head(status: response.status, headers: response.headers.map { [$0.0, $0.1] })
    guard let headers = try? JSONEncoder().encode(head) else { return }
    let body = response.body.withUnsafeBytes { [UInt8]($0) }
    try? store.storePage(
      Self.text(key),
      CachedPage(
        etag: response.etag, lastModified: response.lastModified, headers: [UInt8](headers),
        body: body, storedAt: Timestamp(Date())))
  }

  /// Forgets the pages of a source.
  func drop(_ source: SourceName) { try? store.dropPages(beginningWith: source + "\n") }

  private static func text(_ key: CacheKey) -> String {
    [key.source, key.identity, key.method, key.url, key.range ?? ""].joined(separator: "\n")
  }
}
