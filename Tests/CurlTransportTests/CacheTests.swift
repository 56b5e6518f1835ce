import CurlTransport
import Foundation
import Testing

@Suite("Transport: conditional requests")
struct CacheTests {
  private func policy(_ cache: MemoryResponseCache) -> SourcePolicy {
    SourcePolicy(retry: .never, cache: cache)
  }

  @Test("a 304 gives the cached reply with the new fields over the old ones")
  func notModified() async throws {
    try await withServer(policy: policy(MemoryResponseCache())) { request in
      if request["if-none-match"] == "\"v1\"" {
        return [.reply(304, ["ETag: \"v1\"", "X-New: 1", "RateLimit-Remaining: 7"])]
      }
      return [
        .reply(
          200,
          [
            "ETag: \"v1\"", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "X-Old: 1",
            "RateLimit-Remaining: 8",
          ], "[1]")
      ]
    } _: { server, source in
      let request = HTTPRequest(.get, server.origin + "/x?limit=1")
      let fresh = try await source.send(request)
      #expect(!fresh.fromCache)
      let cached = try await source.send(request)
      #expect(cached.fromCache)
      #expect(cached.status == 200)
      #expect(cached.body.text == "[1]")
      #expect(cached.headers["X-Old"] == "1")
      #expect(cached.headers["X-New"] == "1")
      #expect(cached.headers.all("RateLimit-Remaining") == ["7"])
      #expect(server.requests[1]["if-modified-since"] == "Sun, 06 Nov 1994 08:49:37 GMT")
      #expect(source.statistics.cacheHits == 1)
    }
  }

  @Test("another URL, range or identity is another entry, and no key holds a credential")
  func keys() async throws {
    let cache = RecordingCache()
    try await withServer(policy: SourcePolicy(retry: .never, cache: cache)) { _ in
      [.reply(200, ["ETag: \"v\""])]
    } _: { server, source in
      func request(_ path: String, _ range: String?, _ token: String) -> HTTPRequest {
        var request = HTTPRequest(
          .get, server.origin + path, authorization: .bearer(Secret(token)))
        if let range { request.headers.set("Range", range) }
        return request
      }
      let all = [
        request("/a", nil, "sekret-token-1"), request("/b", nil, "sekret-token-1"),
        request("/a", "id ..", "sekret-token-1"), request("/a", nil, "sekret-token-2"),
      ]
      for request in all { _ = try await source.send(request) }
      #expect(server.requests.allSatisfy { $0["if-none-match"] == nil })
      _ = try await source.send(all[0])
      #expect(server.requests.last?["if-none-match"] == "\"v\"")
      let keys = cache.keys
      #expect(keys.count == 5 && Set(keys).count == 4)
      #expect(keys.allSatisfy { !"\($0)".contains("sekret") && !$0.identity.isEmpty })
    }
  }

  @Test("a 304 that nobody asked for is a breach of protocol")
  func unasked() async throws {
    try await withServer { _ in
      [.reply(304)]
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .protocolViolation)
      #expect(error.status == 304)
      var own = HTTPRequest(.get, server.origin)
      own.headers.set("If-None-Match", "\"mine\"")
      try await source.expect(status: 304, own)
    }
  }

  @Test(
    "errors, POST, replies without a tag and those that forbid it are not kept",
    arguments: ["error", "post", "untagged", "no-store"])
  func notKept(kind: String) async throws {
    let cache = RecordingCache()
    try await withServer(policy: SourcePolicy(retry: .never, cache: cache)) { _ in
      switch kind {
      case "error": [.reply(404, ["ETag: \"v\""])]
      case "untagged": [.reply()]
      case "no-store": [.reply(200, ["ETag: \"v\"", "Cache-Control: private, No-Store"])]
      default: [.reply(200, ["ETag: \"v\""])]
      }
    } _: { server, source in
      _ = try await source.send(HTTPRequest(kind == "post" ? .post : .get, server.origin))
      #expect(cache.keys.isEmpty)
    }
  }

  @Test(
    "pages come out of the cache with the headers that lead to the next one",
    arguments: ["link", "range"])
  func pages(kind: String) async throws {
    let style: PagingStyle =
      kind == "link" ? .link : .range(property: "email", max: nil, order: nil)
    try await withServer(policy: policy(MemoryResponseCache())) { request in
      let page: Int
      if kind == "link" {
        page = Int(request.target.dropFirst()) ?? 0
      } else {
        page = Int(request["range"]?.dropFirst(6) ?? "") ?? 0
      }
      if request["if-none-match"] == "\"p\(page)\"" { return [.reply(304)] }
      let tag = "ETag: \"p\(page)\""
      if page == 3 { return [.reply(200, [tag], "[3]")] }
      return kind == "link"
        ? [.reply(200, [tag, "Link: </\(page + 1)>; rel=next"], "[\(page)]")]
        : [.reply(206, [tag, "Next-Range: email \(page + 1)"], "[\(page)]")]
    } _: { server, source in
      for round in 0..<2 {
        var found: [String] = []
        var cached = 0
        for try await page in source.pages(HTTPRequest(.get, server.origin + "/0"), style) {
          found.append(page.body.text)
          cached += page.fromCache ? 1 : 0
        }
        #expect(found == ["[0]", "[1]", "[2]", "[3]"])
        #expect(cached == round * 4)
      }
    }
  }

  @Test("the memory cache gives up the oldest when it is full")
  func eviction() {
    let cache = MemoryResponseCache(maxBytes: 25)
    func key(_ number: Int) -> CacheKey {
      CacheKey(source: "s", method: "GET", url: "\(number)", range: nil, identity: "i")
    }
    func response(_ size: Int) -> CachedResponse {
      CachedResponse(
        status: 200, etag: "e", lastModified: nil, headers: [],
        body: ResponseBody(copying: Array(repeating: 0, count: size)))
    }
    for number in 0..<3 { cache.store(response(10), for: key(number)) }
    #expect(cache.entry(for: key(0)) == nil)
    #expect(cache.entry(for: key(1)) != nil)
    cache.store(response(11), for: key(1))
    #expect(cache.entry(for: key(2)) != nil)
    cache.store(response(26), for: key(3))
    #expect(cache.entry(for: key(3)) == nil)
  }
}
