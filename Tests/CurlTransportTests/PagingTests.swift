import CurlTransport
import Dispatch
import Foundation
import Testing

/// The pages of a list until its end.
private func bodies(_ pages: PageSequence) async throws -> [String] {
  var bodies: [String] = []
  for try await page in pages { bodies.append(page.body.text) }
  return bodies
}

private func query(_ request: RawServer.Request, _ name: String) -> String? {
  URLComponents(string: request.target)?.queryItems?.first { $0.name == name }?.value
}

private func numbers(_ response: HTTPResponse) -> Int {
  response.body.text.filter { $0 == "," }.count + (response.body.text == "[]" ? 0 : 1)
}

private func field(_ name: String) -> @Sendable (HTTPResponse) throws -> String? {
  { response in
    let json = try JSONSerialization.jsonObject(with: Data(response.body.bytes))
    return (json as? [String: Any])?[name] as? String
  }
}

@Suite("Transport: paging")
struct PagingTests {
  @Test("a Link header is followed to its end, each page with the query of its own URL only")
  func link() async throws {
    try await withServer { request in
      let page = Int(query(request, "after") ?? "0") ?? 0
      let host = request["host"] ?? ""
      let links = [
        "Link: <http://\(host)/users?after=\(page)>; rel=\"self\"",
        "Link: <http://\(host)/users?after=\(page + 1)>; rel=\"next\"",
      ]
      return [.reply(200, page < 4 ? links : [links[0]], "[\(page)]")]
    } _: { server, source in
      let first = HTTPRequest(
        .get, server.origin + "/users?limit=1", authorization: .scheme("SSWS", Secret("tok")))
      let found = try await bodies(source.pages(first, .link))
      #expect(found == ["[0]", "[1]", "[2]", "[3]", "[4]"])
      #expect(
        server.requests.map(\.target) == [
          "/users?limit=1", "/users?after=1", "/users?after=2", "/users?after=3", "/users?after=4",
        ])
      #expect(server.requests.allSatisfy { $0["authorization"] == "SSWS tok" })
    }
  }

  @Test("Next-Range goes back byte for byte and 200 is the last page")
  func range() async throws {
    let odd = Array("email ]kim@\u{e9}, \"x\"..; max=2".utf8) + [0xE9]
    try await withServer { request in
      if request["range"]?.hasPrefix("email ..") == true {
        return [
          .text("HTTP/1.1 206 Partial\r\nContent-Length: 3\r\nNext-Range:  "), .send(odd),
          .text(" \r\n\r\n[0]"),
        ]
      }
      return [.reply(200, ["Next-Range: ignored"], "[1]")]
    } _: { server, source in
      let pages = source.pages(
        HTTPRequest(.get, server.origin + "/members"),
        .range(property: "email", max: 2, order: "asc"))
      let found = try await bodies(pages)
      #expect(found == ["[0]", "[1]"])
      #expect(server.requests[0]["range"] == "email ..; max=2, order=asc")
      #expect(server.requests[1]["range"] == String(decoding: odd, as: UTF8.self))
    }
  }

  @Test("206 without Next-Range is a breach of protocol, not the end")
  func rangeMissing() async throws {
    try await withServer { _ in
      [.reply(206, [], "[0]")]
    } _: { server, source in
      var seen = 0
      let error = try await failure {
        for try await _ in source.pages(
          HTTPRequest(.get, server.origin), .range(property: nil, max: nil, order: nil))
        { seen += 1 }
      }
      #expect(error.code == .protocolViolation)
      #expect(error.page == 1)
      #expect(seen == 1)
      #expect(server.requests.first?["range"] == nil)
    }
  }

  @Test(
    "URLs, cursors, keys and bodies found by the reader are followed",
    arguments: ["url", "relative", "cursor", "keyset", "header", "body"])
  func found(kind: String) async throws {
    try await withServer { request in
      let isPost = request.method == "POST"
      let now =
        Int(
          isPost
            ? String(decoding: request.body, as: UTF8.self)
            : query(request, "c") ?? "0") ?? 0
      let next = now < 3 ? "\(now + 1)" : ""
      switch kind {
      case "url":
        let host = request["host"] ?? ""
        return [
          .reply(200, [], now < 3 ? "{\"next\":\"http://\(host)/l?c=\(next)\"}" : "{\"next\":null}")
        ]
      case "relative": return [.reply(200, [], now < 3 ? "{\"next\":\"?c=\(next)\"}" : "{}")]
      case "header": return [.reply(200, now < 3 ? ["After-Cursor: \(next)"] : [])]
      default: return [.reply(200, [], "{\"next\":\"\(next)\"}")]
      }
    } _: { server, source in
      let find = field("next")
      let style: PagingStyle =
        switch kind {
        case "url", "relative": .nextURL(find)
        case "cursor": .cursor(parameter: "c", find)
        case "keyset": .keyset(parameter: "c", find)
        case "header": .cursorHeader(parameter: "c", header: "After-Cursor")
        default:
          .tokenInBody { response in
            try find(response).flatMap { $0.isEmpty ? nil : Array($0.utf8) }
          }
        }
      let request =
        kind == "body"
        ? HTTPRequest(.post, server.origin + "/l", body: Array("0".utf8))
        : HTTPRequest(.get, server.origin + "/l?limit=2")
      let found = try await bodies(source.pages(request, style))
      #expect(found.count == 4)
      if kind == "cursor" { #expect(server.requests.last?.target == "/l?limit=2&c=3") }
    }
  }

  @Test(
    "counted pages end by emptiness, page count or total",
    arguments: ["empty", "count", "total", "offset", "offset-total", "capped"])
  func counted(kind: String) async throws {
    let items = Array(0..<7)
    try await withServer { request in
      let size = kind == "capped" ? 2 : 3
      let start: Int
      if kind.hasPrefix("offset") || kind == "capped" {
        start = Int(query(request, "offset") ?? "0") ?? 0
      } else {
        start = ((Int(query(request, "page") ?? "1") ?? 1) - 1) * size
      }
      let page = items.dropFirst(start).prefix(size).map(String.init).joined(separator: ",")
      return [.reply(200, ["X-Total: 7", "X-Pages: 3"], "[\(page)]")]
    } _: { server, source in
      let received: @Sendable (HTTPResponse) throws -> Int = { numbers($0) }
      let total: @Sendable (HTTPResponse) throws -> Int = { Int($0.headers["X-Total"] ?? "") ?? 0 }
      func page(_ stop: PagingStyle.Stop) -> PagingStyle {
        .page(parameter: "page", start: 1, sizeParameter: "size", size: 3, stop: stop)
      }
      let style: PagingStyle =
        switch kind {
        case "empty": page(.empty(received: received))
        case "count": page(.pageCount { Int($0.headers["X-Pages"] ?? "") ?? 0 })
        case "total": page(.total(total, received: received))
        case "offset-total":
          .offset(
            parameter: "offset", limitParameter: "limit", limit: 3, base: 0, received: received,
            total: total)
        default:
          .offset(
            parameter: "offset", limitParameter: "limit", limit: 3, base: 0, received: received,
            total: nil)
        }
      let found = try await bodies(source.pages(HTTPRequest(.get, server.origin), style))
      let read = found.joined(separator: ",").filter(\.isNumber).map(String.init)
      #expect(read == items.map(String.init))
      let requests = [
        "empty": 4, "count": 3, "total": 3, "offset": 4, "offset-total": 3, "capped": 5,
      ]
      #expect(server.requests.count == requests[kind])
    }
  }

  @Test("a list that ends before its total is an error")
  func fellShort() async throws {
    try await withServer { request in
      [.reply(200, [], query(request, "offset") == "0" ? "[1,2]" : "[]")]
    } _: { server, source in
      let style = PagingStyle.offset(
        parameter: "offset", limitParameter: nil, limit: 2, base: 0, received: { numbers($0) },
        total: { _ in 812 })
      let error = try await failure {
        try await bodies(source.pages(HTTPRequest(.get, server.origin), style))
      }
      #expect(error.code == .protocolViolation)
    }
  }

  @Test("an empty page with a next one is legal")
  func emptyPage() async throws {
    try await withServer { request in
      let next = ["/": "/2", "/2": "/3"][request.target]
      return [
        .reply(
          200, next.map { ["Link: <\($0)>; rel=next"] } ?? [], next == nil ? "[1]" : "[]")
      ]
    } _: { server, source in
      let pages = source.pages(HTTPRequest(.get, server.origin), .link) { response in
        PageItems(count: numbers(response), new: numbers(response))
      }
      let found = try await bodies(pages)
      #expect(found == ["[]", "[]", "[1]"])
    }
  }
}

@Suite("Transport: guards of paging")
struct PagingGuardTests {
  private func outcome(
    _ pages: PageSequence
  ) async throws -> (seen: Int, error: TransportError) {
    let seen = Tally()
    let error = try await failure {
      for try await _ in pages { seen.add("page") }
    }
    return (seen.counts["page"] ?? 0, error)
  }

  @Test("a next page that was read before ends the list", arguments: ["self", "circle", "cursor"])
  func loop(kind: String) async throws {
    try await withServer { request in
      switch kind {
      case "self": [.reply(200, ["Link: </>; rel=next"])]
      case "circle": [.reply(200, ["Link: <\(request.target == "/a" ? "/b" : "/a")>; rel=next"])]
      default: [.reply(200, ["After: x"])]
      }
    } _: { server, source in
      let style: PagingStyle =
        kind == "cursor" ? .cursorHeader(parameter: "after", header: "After") : .link
      let (seen, error) = try await outcome(
        source.pages(HTTPRequest(.get, server.origin + "/"), style))
      #expect(error.code == .cursorLoop)
      #expect(seen == ["self": 1, "circle": 3, "cursor": 2][kind])
      #expect(server.requests.count == seen)
      #expect(error.page == seen)
    }
  }

  @Test(
    "a foreign next link gets nothing",
    arguments: ["http://localhost:%/x", "//evil.invalid/x", "https://127.0.0.1:%/x"])
  func foreign(next: String) async throws {
    try await withServer { request in
      let port = String(request["host"]?.split(separator: ":").last ?? "")
      return [
        .reply(200, ["Link: <\(next.replacingOccurrences(of: "%", with: port))>; rel=next"])
      ]
    } _: { server, source in
      let (seen, error) = try await outcome(
        source.pages(
          HTTPRequest(.get, server.origin, authorization: .bearer(Secret("tok"))), .link))
      #expect(error.code == .foreignOrigin)
      #expect(seen == 1)
      #expect(server.requests.count == 1)
    }
  }

  @Test("a Link header that cannot be read is an error, not the end")
  func malformed() async throws {
    try await withServer { _ in
      [.reply(200, ["Link: <https://x; rel=next"])]
    } _: {
      server, source in
      let (seen, error) = try await outcome(
        source.pages(HTTPRequest(.get, server.origin), .link))
      #expect(error.code == .protocolViolation)
      #expect(seen == 1)
    }
  }

  @Test("a reader that cannot read a page ends the list with its own error as the cause")
  func unreadable() async throws {
    struct Odd: Error {}
    try await withServer { _ in
      [.reply()]
    } _: { server, source in
      let (_, error) = try await outcome(
        source.pages(HTTPRequest(.get, server.origin), .nextURL { _ in throw Odd() }))
      #expect(error.code == .protocolViolation)
      #expect(error.cause is Odd)
    }
  }

  @Test("there are no more pages and items than allowed")
  func bounds() async throws {
    let policy = SourcePolicy(retry: .never, maxPages: 5, maxItems: 8)
    try await withServer(policy: policy) { request in
      [.reply(200, ["Link: </\(request.index)?x>; rel=next"], "[1,2,3]")]
    } _: { server, source in
      let request = HTTPRequest(.get, server.origin)
      let (pages, tooMany) = try await outcome(source.pages(request, .link))
      #expect(tooMany.code == .tooManyPages)
      #expect(pages == 5)
      let (read, items) = try await outcome(
        source.pages(request, .link) { PageItems(count: numbers($0)) })
      #expect(items.code == .tooManyItems)
      #expect(read == 2)
    }
  }

  @Test("two pages in a row without anything new are a circle")
  func nothingNew() async throws {
    try await withServer { request in
      [.reply(200, ["Link: </\(request.index)?x>; rel=next"], "[1]")]
    } _: { server, source in
      let (read, error) = try await outcome(
        source.pages(HTTPRequest(.get, server.origin), .link) { _ in
          PageItems(count: 1, new: 0)
        })
      #expect(error.code == .cursorLoop)
      #expect(read == 1)
    }
  }

  @Test(
    "a page that is refused is an error with page, status and the vendor's words",
    arguments: [401, 403, 404, 429])
  func refused(status: Int) async throws {
    try await withServer { request in
      request.index == 1
        ? [.reply(status, ["X-Request-Id: r2"], "{\"errorCode\":\"E0000006\"}")]
        : [.reply(200, ["Link: </2?after=secret>; rel=next"])]
    } _: { server, source in
      let (seen, error) = try await outcome(
        source.pages(HTTPRequest(.get, server.origin), .link))
      #expect(seen == 1)
      #expect(error.code == .status)
      #expect(error.page == 2)
      #expect(error.status == status)
      #expect(error.response?.body.text.contains("E0000006") == true)
      #expect(error.isTransient == (status == 429))
      #expect("\(error)".contains("page 2"))
      #expect("\(error)".contains("r2"))
      #expect(!"\(error)".contains("secret"))
    }
  }
}

@Suite("Transport: pages ahead of the reader")
struct PrefetchTests {
  @Test("the next page is asked for while the body of the page still streams")
  func early() async throws {
    let second = DispatchSemaphore(value: 0)
    try await withServer { request in
      if request.target == "/2" {
        second.signal()
        return [.reply(200, [], "[2]")]
      }
      // The rest of the body comes only when the second page has been asked for.
      return [
        .text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nLink: </2>; rel=next\r\n\r\n["),
        .wait(second), .text("1]"),
      ]
    } _: { server, source in
      let found = try await bodies(source.pages(HTTPRequest(.get, server.origin), .link))
      #expect(found == ["[1]", "[2]"])
    }
  }

  @Test(
    "no more than the policy's number of pages run ahead of a slow reader", arguments: [0, 1, 2])
  func bounded(prefetch: Int) async throws {
    let policy = SourcePolicy(retry: .never, prefetch: prefetch)
    try await withServer(policy: policy) { request in
      let page = Int(request.target.dropFirst()) ?? 0
      return [.reply(200, page < 20 ? ["Link: </\(page + 1)>; rel=next"] : [], "[\(page)]")]
    } _: { server, source in
      var iterator = source.pages(HTTPRequest(.get, server.origin + "/0"), .link)
        .makeAsyncIterator()
      #expect(server.requests.isEmpty)
      for read in 1...5 {
        let page = try await iterator.next()
        #expect(page?.body.text == "[\(read - 1)]")
        // What runs ahead has time to come in, and no more comes.
        let deadline = ContinuousClock.now + .seconds(60)
        while server.requests.count < read + prefetch, ContinuousClock.now < deadline {
          await Task.yield()
        }
        for _ in 0..<200 { await Task.yield() }
        #expect(server.requests.count == read + prefetch)
      }
    }
  }

  @Test("letting the iterator go ends what runs ahead, and cancelling never looks like the end")
  func abandoned() async throws {
    try await withServer { request in
      request.target == "/" ? [.reply(200, ["Link: </2>; rel=next"])] : [.hold]
    } _: { server, source in
      do {
        var iterator = source.pages(HTTPRequest(.get, server.origin), .link).makeAsyncIterator()
        _ = try await iterator.next()
        while server.requests.count < 2 { await Task.yield() }
      }
      while source.statistics.requests["GET /"]?[0] != 1 { await Task.yield() }
      let origin = server.origin
      let task = Task {
        var count = 0
        for try await _ in source.pages(HTTPRequest(.get, origin), .link) { count += 1 }
        return count
      }
      while server.requests.count < 4 { await Task.yield() }
      task.cancel()
      let error = try await failure { try await task.value }
      #expect(error.code == .cancelled)
    }
  }

  @Test("when a page is tried again and names another next page, the first word is forgotten")
  func changedMind() async throws {
    let clock = ManualClock()
    try await withServer(policy: SourcePolicy(), clock: clock.clock) { request in
      switch (request.target, request.index) {
      case ("/", 0):
        [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nLink: </old>; rel=next\r\n\r\n["), .close]
      case ("/", _): [.reply(200, ["Link: </new>; rel=next"], "[1]")]
      case ("/old", _): [.reply(200, [], "[\"old\"]")]
      default: [.reply(200, [], "[2]")]
      }
    } _: { server, source in
      let found = try await bodies(source.pages(HTTPRequest(.get, server.origin), .link))
      #expect(found == ["[1]", "[2]"])
    }
  }

  @Test("a hundred pages come in order while their bodies take random times")
  func order() async throws {
    try await withServer { request in
      let page = Int(request.target.dropFirst()) ?? 0
      let link = page < 99 ? "Link: </\(page + 1)>; rel=next\r\n" : ""
      return [
        .text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\(link)\r\n["),
        .pause(milliseconds: page * 7 % 5),
        .text(String(("000" + String(page)).suffix(3)) + "]"),
      ]
    } _: { server, source in
      let found = try await bodies(source.pages(HTTPRequest(.get, server.origin + "/0"), .link))
      let expected = (0..<100).map { number in
        "[" + String(("000" + String(number)).suffix(3)) + "]"
      }
      #expect(found == expected)
    }
  }
}
