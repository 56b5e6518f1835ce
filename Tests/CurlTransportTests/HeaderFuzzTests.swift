import Foundation
import TestSupport
import Testing

@testable import CurlTransport

@Suite("Fuzz: headers of pages and limits") struct HeaderFuzzTests {
  private static let tokens = [
    "<", ">", ";", ",", "\"", "\\", "=", "rel=next", "rel=\"next\"", "anchor=\"#x\"", " ", "\t",
    "https://acme.okta.com/api?after=1", "//evil.example/", "http://", "%00", "..", "]", "max=",
    "Sun, 06 Nov 1994 08:49:37 GMT", "-1", "1e9", "99999999999999999999", "0", "q=10;w=60",
  ]
  private static let origin = "https://acme.okta.com"

  private func headers(_ name: String, _ value: [UInt8]) -> HTTPHeaders {
    var headers = HTTPHeaders()
    headers.add(name, bytes: value)
    return headers
  }

  @Test("links that are written are read back, in any legal spelling", arguments: 1...2)
  func links(seed: UInt64) throws {
    var random = FuzzRandom(seed)
    let rounds = Fuzz.rounds(4_000)
    for round in 0..<rounds {
      var expected: [LinkHeader.Link] = []
      var parts: [String] = []
      for _ in 0...random.below(4) {
        let target = random.pick(["/users?after=1", "https://a.b/c?x=1,2;3", "", "?a=%2C", "x y"])
        let relations = (0...random.below(2)).map { _ in
          random.pick(["next", "self", "Prev", "NEXT"])
        }
        let isAnchored = random.one(in: 6)
        let space = random.pick(["", " ", "  ", "\t"])
        let quoted = relations.count > 1 || random.one(in: 2)
        let rel = relations.joined(separator: " ")
        var text =
          "\(space)<\(target)>\(space);\(space)\(random.pick(["rel", "Rel", "REL"]))=\(quoted ? "\"\(rel)\"" : rel)"
        if random.one(in: 3) { text += "\(space); title=\"a, b; c\\\" <d>\"" }
        if isAnchored { text += "; anchor=\"/other\"" }
        parts.append(text)
        expected.append(
          LinkHeader.Link(
            target: target, relations: relations.map { $0.lowercased() }, isAnchored: isAnchored))
      }
      let value = parts.joined(separator: random.pick([",", ", ", " ,\t"]))
      let read = try LinkHeader(headers("Link", Array(value.utf8)))
      #expect(read.links == expected, "round \(round): \(value)")
      let next = expected.first { !$0.isAnchored && $0.relations.contains("next") }?.target
      #expect(read.next == next)
    }
    Fuzz.report("Link headers, seed \(seed)", ["written and read": rounds])
  }

  @Test(
    "no header of a page leads to another origin, or ends a list that goes on", arguments: 1...4)
  func plans(seed: UInt64) throws {
    var random = FuzzRandom(seed &+ 10)
    let rounds = Fuzz.rounds(4_000)
    var (ends, pages, failures) = (0, 0, 0)
    let request = HTTPRequest(.get, Self.origin + "/api/v1/users?limit=200")
    for round in 0..<rounds {
      let isRange = random.one(in: 2)
      let style: PagingStyle = isRange ? .range(property: "email", max: 1000, order: nil) : .link
      let start =
        isRange
        ? "email ]kim@acme.com..; max=1000" : "<\(Self.origin)/api/v1/users?after=2>; rel=\"next\""
      let value = random.mutated(Array(start.utf8), tokens: Self.tokens)
        .filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
      let head = ResponseHead(
        status: isRange ? 206 : 200, headers: headers(isRange ? "Next-Range" : "Link", value),
        url: request.url)
      let plan = style.plan(after: .first(request, style), head: head) { code, detail in
        TransportError(code, source: "test", request: request.redacted, detail: detail)
      }
      switch plan {
      case .end:
        ends += 1
        #expect(!isRange, "206 is never the end")
      case .failure: failures += 1
      case .page(let step):
        pages += 1
        let url = try #require(WebURL(step.request.url), "round \(round)")
        if isRange {
          #expect(step.request.url == request.url)
          #expect(
            step.request.headers.firstBytes("Range").map(Array.init) == value,
            "byte for byte")
        }
        // Where the link leads is checked by the one that follows it, with the same parser that connects.
        let home = try #require(WebURL(Self.origin))
        if url.origin != home.origin { #expect(!isRange) }
      }
    }
    Fuzz.report(
      "plans, seed \(seed)", ["tried": rounds, "pages": pages, "ends": ends, "failures": failures])
  }

  @Test("waits and limits are never negative and never without end", arguments: 1...4)
  func limits(seed: UInt64) {
    var random = FuzzRandom(seed &+ 20)
    let rounds = Fuzz.rounds(4_000)
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    let styles: [RateHeaders] = [.none, .heroku, .okta, .github, .oneLogin, .ietf]
    let names = [
      "RateLimit-Remaining", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset",
      "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit",
      "RateLimit-Policy",
      "RateLimit-Limit", "RateLimit-Reset", "Date",
    ]
    var readings = 0
    for _ in 0..<rounds {
      var fields = HTTPHeaders()
      for name in names where random.one(in: 2) {
        let start = random.pick([
          "600", "0", "1800000060", "1800000060000", "\"default\";r=50;t=30",
          "\"default\";q=100;w=60", "Sun, 06 Nov 2050 08:49:37 GMT",
        ])
        fields.add(
          name,
          bytes: random.one(in: 2)
            ? Array(start.utf8) : random.mutated(Array(start.utf8), tokens: Self.tokens))
      }
      fields.add("Retry-After", bytes: random.mutated(Array("120".utf8), tokens: Self.tokens))
      if let wait = RateReading.retryAfter(fields, receivedAt: now) {
        #expect(wait >= .zero && wait <= .seconds(10_000_001), "\(wait)")
      }
      guard let reading = RateReading.read(fields, style: random.pick(styles), receivedAt: now)
      else {
        continue
      }
      readings += 1
      #expect(reading.remaining >= 0)
      #expect((reading.limit ?? 1) >= 0)
      if let reset = reading.resetIn { #expect(reset >= .zero && reset <= .seconds(86_400)) }
    }
    Fuzz.report("limits, seed \(seed)", ["tried": rounds, "readings": readings])
  }

  @Test("a date that is written in any of the three forms is read back")
  func dates() {
    var random = FuzzRandom(30)
    let rounds = Fuzz.rounds(2_000)
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    for _ in 0..<rounds {
      let seconds = Int.random(in: 0...3_000_000_000, using: &random)
      let date = Date(timeIntervalSince1970: TimeInterval(seconds))
      for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
        formatter.dateFormat = format
        let text = formatter.string(from: date)
        #expect(HTTPDate.epochSeconds(Array(text.utf8)[...]) == seconds, "\(text)")
      }
      _ = HTTPDate.epochSeconds(
        random.mutated(Array("Sunday, 06-Nov-94 08:49:37 GMT".utf8), tokens: Self.tokens)[...])
    }
    Fuzz.report("dates", ["read back": rounds * 2])
  }

  @Test("a URL that is taken has the origin that any other reader sees", arguments: 1...4)
  func urls(seed: UInt64) throws {
    var random = FuzzRandom(seed &+ 40)
    let rounds = Fuzz.rounds(4_000)
    var taken = 0
    let tokens =
      Self.tokens + [
        "@", ":", "#", "?", "[::1]", "localhost", ":443", "user:pass@", "\\", "%40", "。", "xn--",
        "0x7f.1",
      ]
    for round in 0..<rounds {
      let text = String(
        decoding: random.mutated(
          Array("https://acme.okta.com:8443/api/v1?x=1".utf8), tokens: tokens), as: UTF8.self)
      guard let url = WebURL(text) else { continue }
      taken += 1
      #expect(
        !url.absolute.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F },
        "round \(round)")
      #expect(WebURL(url.absolute)?.origin == url.origin)
      // Hosts outside ASCII are compared as they are written, and numbers that libcurl takes for addresses are left out.
      if url.absolute.utf8.allSatisfy({ $0 < 0x80 }),
        !url.origin.host.allSatisfy({ $0.isNumber || $0 == "." }),
        let other = URLComponents(string: url.absolute), let host = other.host,
        host.allSatisfy(\.isASCII),
        !host.contains("%"), other.user == nil
      {
        #expect(
          host.lowercased().trimmingCharacters(in: ["[", "]"])
            == url.origin.host.trimmingCharacters(in: ["[", "]"]), "round \(round): \(url.absolute)"
        )
      }
    }
    Fuzz.report("URLs, seed \(seed)", ["tried": rounds, "taken": taken])
  }
}
