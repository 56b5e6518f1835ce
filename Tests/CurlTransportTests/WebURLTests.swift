import Foundation
import Testing

@testable import CurlTransport

@Suite("Transport: URLs")
struct WebURLTests {
  @Test(
    "references are resolved as RFC 3986 §5.4 says",
    arguments: [
      ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
      ("/g", "http://a/g"), ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"),
      ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q"), ("g#s", "http://a/b/c/g"),
      ("g?y#s", "http://a/b/c/g?y"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"),
      ("./", "http://a/b/c/"), ("..", "http://a/b/"), ("../", "http://a/b/"),
      ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
      ("../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
      ("g;x=1/../y", "http://a/b/c/y"), ("http://h:8080/p?x=/../#f", "http://h:8080/p?x=/../"),
    ])
  func resolution(reference: String, expected: String) throws {
    let base = try #require(WebURL("http://a/b/c/d;p?q"))
    #expect(base.resolving(reference)?.absolute == expected)
  }

  @Test(
    "the origin is that of the host which libcurl would ask",
    arguments: [
      ("HTTPS://ACME.okta.com/x", "https://acme.okta.com:443"),
      ("https://acme.okta.com:443", "https://acme.okta.com:443"),
      ("https://acme.okta.com:8443/?a@b", "https://acme.okta.com:8443"),
      ("http://[::1]:80/", "http://[::1]:80"), ("http://127.1/", "http://127.0.0.1:80"),
      ("http://0x7f000001/", "http://127.0.0.1:80"),
      ("https://acme.okta.com?x=https://evil.example/", "https://acme.okta.com:443"),
    ])
  func origin(url: String, expected: String) throws {
    #expect(try #require(WebURL(url)).origin.description == expected)
  }

  @Test(
    "tricks with the authority are refused or seen through",
    arguments: [
      "https://acme.okta.com@evil.example/", "https://evil.example\\@acme.okta.com/",
      "https://evil.example\t/", "https://acme.okta.com\r\n/", "//evil.example/x",
      "https:\\\\evil.example", "https:evil.example", "///evil.example", "https:///evil.example",
      "javascript:alert(1)", "\u{0}https://evil.example",
    ])
  func tricks(reference: String) throws {
    let base = try #require(WebURL("https://acme.okta.com/api/v1/users"))
    if let resolved = base.resolving(reference) {
      let staysOrShows =
        resolved.origin == base.origin || resolved.origin.host.contains("evil.example")
      #expect(staysOrShows)
      // What we say and what libcurl would ask is the same, read once more.
      #expect(WebURL(resolved.absolute)?.origin == resolved.origin)
    }
  }

  @Test("no reference changes the origin in silence, and resolving twice is resolving once")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 3)
    let pieces = [
      "/", "..", ".", "?", "#", "a", "b=1", "&", "%2e", "%2F", "//", ":", "@", "\\", " ",
      "https://", "evil.example", "acme.okta.com", "\u{e9}", "%", ";", "[", "]", "443",
    ]
    let base = try #require(WebURL("https://acme.okta.com/api/v1/users?limit=2"))
    var resolvedCount = 0
    for _ in 0..<30_000 {
      let reference = (0..<Int.random(in: 0...7, using: &generator)).compactMap { _ in
        pieces.randomElement(using: &generator)
      }.joined()
      guard let resolved = base.resolving(reference) else { continue }
      resolvedCount += 1
      #expect(!resolved.absolute.contains("#"))
      let again = WebURL(resolved.absolute)
      #expect(again?.origin == resolved.origin, "\(reference) -> \(resolved.absolute)")
      #expect(resolved.resolving(resolved.absolute)?.absolute == resolved.absolute)
      if resolved.origin != base.origin {
        // Only a reference with an authority of its own leaves the origin.
        #expect(reference.contains("//"), "\(reference) -> \(resolved.absolute)")
      }
    }
    #expect(resolvedCount > 5_000)
  }

  @Test(
    "a parameter is set in its place, once, encoded",
    arguments: [
      ("https://a/x", "after", "b c&d", "https://a/x?after=b%20c%26d"),
      ("https://a/x?limit=2", "after", "é", "https://a/x?limit=2&after=%C3%A9"),
      ("https://a/x?after=1&limit=2&after=3#f", "after", "9", "https://a/x?after=9&limit=2"),
      ("https://a/x?page%5Bsize%5D=1", "page[size]", "5", "https://a/x?page%5Bsize%5D=5"),
      ("https://a/x?", "a", "", "https://a/x?a="), ("https://a/x?b", "a", "1", "https://a/x?b&a=1"),
      ("https://a/x?%=1&%zz", "%", "1", "https://a/x?%25=1&%zz"),
    ])
  func setting(url: String, name: String, value: String, expected: String) {
    #expect(URLText.setting(name, to: value, in: url) == expected)
  }

  @Test("encoding keeps nothing that could end a segment, and decoding gives it back")
  func encoding() {
    #expect(URLText.encoded("joe+a@acme.com/../x") == "joe%2Ba%40acme.com%2F..%2Fx")
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<2_000 {
      let text = String(
        (0..<8).compactMap { _ in
          UnicodeScalar(UInt32.random(in: 0..<0x2000, using: &generator)).map(Character.init)
        })
      #expect(URLText.decoded(Substring(URLText.encoded(text))).utf8.elementsEqual(text.utf8))
    }
  }

  @Test("loopback is what is spelt as loopback")
  func loopback() {
    for host in [
      "localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.9.9.9", "[::1]", "::1", "127.1",
      "2130706433", "0x7f000001", "0177.0.0.1", "::ffff:127.0.0.1", "[::ffff:7f00:1]",
      "[0:0:0:0:0:0:0:1]",
    ] {
      #expect(Loopback.contains(host), "\(host)")
    }
    for host in [
      "127.0.0.1.evil.example", "localhost.evil.example", "128.0.0.1", "[::2]", "",
      "127.0.0.+1", "0.0.0.0", "127.0.0.08", "::ffff:128.0.0.1", "127.0.0.1/x", "a@127.0.0.1",
      "127.0.0.1 ", "127.0.0.256", "::127.0.0.1",
    ] {
      #expect(!Loopback.contains(host), "\(host)")
    }
  }

  @Test(
    "what stands against an address is told before it is asked",
    arguments: [
      ("https://acme.okta.com", nil), ("http://127.0.0.1:1/x", nil), ("HTTP://LocalHost.:1", nil),
      ("http://acme.okta.com", .plainHTTP), ("HTTP://acme.okta.com", .plainHTTP),
      ("http://127.0.0.08/", .plainHTTP), ("http://010.0.0.1/", .plainHTTP),
      ("https://me:pass@acme.okta.com/", .userInfo), ("http://a@127.0.0.1", .userInfo),
      ("acme.okta.com", .notAbsolute), ("ftp://acme.okta.com", .notAbsolute),
    ] as [(String, AddressProblem?)])
  func addresses(url: String, problem: AddressProblem?) {
    #expect(AddressProblem.of(url) == problem)
  }
}
