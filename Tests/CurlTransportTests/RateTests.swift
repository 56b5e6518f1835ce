import Foundation
import Testing

@testable import CurlTransport

private let now = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
private let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")

@Suite("Transport: dates and rate headers")
struct RateReadingTests {
  @Test(
    "the three forms of a date are read",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
      ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200),
      ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49 GMT", nil), ("", nil), ("now", nil),
      ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", nil),
    ] as [(String, Int?)])
  func dates(text: String, expected: Int?) {
    #expect(HTTPDate.epochSeconds(ArraySlice(Array(text.utf8))) == expected)
  }

  @Test("dates agree with Foundation over two centuries")
  func calendar() {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<2_000 {
      let seconds = Int.random(in: 0..<6_000_000_000, using: &generator)
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(HTTPDate.epochSeconds(ArraySlice(Array(text.utf8))) == seconds, "\(text)")
    }
  }

  @Test(
    "Retry-After is read in seconds and as a date, against the reply's own clock",
    arguments: [
      ([("Retry-After", "30")], 30), ([("Retry-After", " 0 ")], 0),
      ([("Retry-After", "1.2")], 2), ([("Retry-After", "1.0")], 1),
      ([("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT"), date], 30),
      ([("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT")], 30),
      ([("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT"), date], 0),
      (
        [
          ("Retry-After", "Sun, 06 Nov 1994 09:50:07 GMT"),
          ("Date", "Sun, 06 Nov 1994 09:49:37 GMT"),
        ], 30
      ),
      ([("Retry-After", "soon")], nil), ([("Retry-After", "-5")], nil), ([], nil),
      ([("Retry-After", "99999999999999999999")], nil),
    ] as [([(String, String)], Int?)])
  func retryAfter(pairs: [(String, String)], expected: Int?) {
    let wait = RateReading.retryAfter(HTTPHeaders(pairs), receivedAt: now)
    #expect(wait == expected.map { .seconds($0) })
  }

  @Test("each vendor's headers are read in its manner")
  func vendors() {
    func read(_ style: RateHeaders, _ pairs: [(String, String)]) -> RateReading? {
      RateReading.read(HTTPHeaders(pairs), style: style, receivedAt: now)
    }
    let epoch = "784111807"
    #expect(
      read(
        .okta,
        [
          ("X-Rate-Limit-Limit", "600"), ("X-Rate-Limit-Remaining", "300"),
          ("X-Rate-Limit-Reset", epoch), date,
        ]) == RateReading(limit: 600, remaining: 300, resetIn: .seconds(30)))
    #expect(
      read(.okta, [("X-Rate-Limit-Limit", "0"), ("X-Rate-Limit-Remaining", "0")])?
        .isConcurrencyLimit == true)
    #expect(
      read(.heroku, [("RateLimit-Remaining", "2399")])
        == RateReading(limit: 4500, remaining: 2399, refillPerSecond: 1.25))
    #expect(
      read(
        .github,
        [
          ("x-ratelimit-limit", "5000"), ("x-ratelimit-remaining", "0"),
          ("x-ratelimit-reset", epoch), date,
        ]) == RateReading(limit: 5000, remaining: 0, resetIn: .seconds(30)))
    #expect(
      read(
        .oneLogin,
        [
          ("X-RateLimit-Limit", "5000"), ("X-RateLimit-Remaining", "9"),
          ("X-RateLimit-Reset", "30"),
        ]
      ) == RateReading(limit: 5000, remaining: 9, resetIn: .seconds(30)))
    // Milliseconds and other nonsense make no reset that anyone would wait for.
    #expect(
      read(
        .github,
        [("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "784111807000"), date])?.resetIn
        == nil)
    #expect(read(.none, [("RateLimit-Remaining", "1")]) == nil)
    #expect(read(.okta, [("X-Rate-Limit-Remaining", "many")]) == nil)
  }

  @Test(
    "the IETF draft is read in its forms",
    arguments: [
      ("\"default\";r=50;t=30", "\"default\";q=100;w=60", 100, 50, 30),
      ("\"a, b\";r=50;t=30", "\"a, b\";q=100;w=60, \"c\";q=5", 100, 50, 30),
      ("\"m\";r=50;t=30, \"h\";r=1;t=900", "\"m\";q=100, \"h\";q=1000", 1000, 1, 900),
      ("limit=100, remaining=50, reset=30", "100;w=60", 100, 50, 30),
      ("default;r=5;t=3", nil, nil, 5, 3),
    ] as [(String, String?, Int?, Int, Int)])
  func ietf(field: String, policy: String?, limit: Int?, remaining: Int, reset: Int) {
    var headers = HTTPHeaders([("RateLimit", field)])
    if let policy { headers.add("RateLimit-Policy", policy) }
    #expect(
      RateReading.read(headers, style: .ietf, receivedAt: now)
        == RateReading(limit: limit, remaining: remaining, resetIn: .seconds(reset)))
  }

  @Test("the older three fields are read too")
  func ietfTriple() {
    let headers = HTTPHeaders([
      ("RateLimit-Limit", "100"), ("RateLimit-Remaining", "50"), ("RateLimit-Reset", "30"),
    ])
    #expect(
      RateReading.read(headers, style: .ietf, receivedAt: now)
        == RateReading(limit: 100, remaining: 50, resetIn: .seconds(30)))
  }

  @Test("no bytes crash a reader, and no wait is negative or longer than a day")
  func fuzz() {
    var generator = SeededGenerator(seed: 6)
    let words = [
      "0", "1", "60", "784111807", "99999999999999999999", "-1", ";", ",", "r=", "t=", "q=", "\"",
      "default", "remaining=", "reset=", " ", "Sun, 06 Nov 1994 08:49:37 GMT", "\\", ".", "\u{e9}",
    ]
    let names = [
      "Retry-After", "Date", "RateLimit", "RateLimit-Policy", "RateLimit-Remaining",
      "RateLimit-Reset", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset",
      "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Limit",
    ]
    let styles: [RateHeaders] = [.okta, .heroku, .github, .oneLogin, .ietf, .none]
    var readings = 0
    for _ in 0..<20_000 {
      var headers = HTTPHeaders()
      for name in names where Bool.random(using: &generator) {
        let value = (0..<Int.random(in: 0...4, using: &generator)).compactMap { _ in
          words.randomElement(using: &generator)
        }.joined()
        headers.add(name, value)
      }
      if let wait = RateReading.retryAfter(headers, receivedAt: now) { #expect(wait >= .zero) }
      for style in styles {
        guard let reading = RateReading.read(headers, style: style, receivedAt: now) else {
          continue
        }
        readings += 1
        #expect(reading.remaining >= 0)
        #expect((.zero ... .seconds(86_400)).contains(reading.resetIn ?? .zero))
      }
    }
    #expect(readings > 1_000)
  }
}

@Suite("Transport: rate governor and gate")
struct GovernorTests {
  private func okta(_ limit: Int, _ remaining: Int, resetIn seconds: Int) -> HTTPHeaders {
    HTTPHeaders([
      ("X-Rate-Limit-Limit", "\(limit)"), ("X-Rate-Limit-Remaining", "\(remaining)"),
      ("X-Rate-Limit-Reset", "\(784_111_777 + seconds)"), date,
    ])
  }

  /// Sends as fast as the governor lets it, and gives the time of each request in seconds.
  private func drain(
    _ governor: RateGovernor, _ clock: ManualClock, until end: Double
  ) -> [Double] {
    var times: [Double] = []
    while clock.clock.uptime().seconds < end, times.count < 10_000 {
      switch governor.admit("e") {
      case .go: times.append(clock.clock.uptime().seconds)
      case .wait(let wait), .exhausted(let wait): clock.advance(wait)
      }
    }
    return times
  }

  @Test("above the share requests go at once, below it they are spaced until the reset")
  func pacing() {
    let clock = ManualClock()
    let governor = RateGovernor(
      policy: SourcePolicy(rateShare: 0.5, rateHeaders: .okta), clock: clock.clock)
    _ = governor.observe(okta(600, 600, resetIn: 60), endpoint: "e", receivedAt: now)
    let times = drain(governor, clock, until: 59)
    #expect(times.filter { $0 == 0 }.count == 301)
    #expect((440...455).contains(times.count), "half of the half that was left: \(times.count)")
    let gaps = zip(times.dropFirst(302), times.dropFirst(301)).map { $0 - $1 }
    #expect(gaps.allSatisfy { $0 > 0.3 && $0 < 0.5 })
  }

  @Test("an empty bucket waits for its reset, or says that it is too far away")
  func empty() {
    let clock = ManualClock()
    let governor = RateGovernor(policy: SourcePolicy(rateHeaders: .okta), clock: clock.clock)
    _ = governor.observe(okta(600, 0, resetIn: 30), endpoint: "e", receivedAt: now)
    #expect(governor.admit("e") == .wait(.seconds(30)))
    #expect(governor.admit("other") == .go, "Okta counts per endpoint")
    clock.advance(.seconds(31))
    #expect(governor.admit("e") == .go)
    _ = governor.observe(okta(600, 0, resetIn: 3000), endpoint: "e", receivedAt: now)
    #expect(governor.admit("e") == .exhausted(.seconds(3000)))
  }

  @Test("Heroku's bucket is held at the share by taking what flows in")
  func heroku() {
    let clock = ManualClock()
    let governor = RateGovernor(policy: SourcePolicy(rateHeaders: .heroku), clock: clock.clock)
    let headers = HTTPHeaders([("RateLimit-Remaining", "2250")])
    _ = governor.observe(headers, endpoint: "e", receivedAt: now)
    let times = drain(governor, clock, until: 60)
    #expect((74...77).contains(times.count))
  }

  @Test("a hold stops every request of the bucket until its end")
  func hold() {
    let clock = ManualClock()
    let governor = RateGovernor(policy: SourcePolicy(rateHeaders: .heroku), clock: clock.clock)
    governor.hold("a", for: .seconds(10))
    #expect(governor.admit("b") == .wait(.seconds(10)))
    clock.advance(.seconds(10))
    #expect(governor.admit("b") == .go)
  }

  @Test("a least interval holds every next start back, also where nothing is said of a limit")
  func interval() {
    let clock = ManualClock()
    let governor = RateGovernor(
      policy: SourcePolicy(minInterval: .milliseconds(1100)), clock: clock.clock)
    #expect(governor.admit("a") == .go)
    #expect(governor.admit("b") == .wait(.milliseconds(1100)))
    clock.advance(.seconds(1))
    #expect(governor.admit("b") == .wait(.milliseconds(100)))
    clock.advance(.milliseconds(100))
    #expect(governor.admit("b") == .go)
    #expect(governor.admit("a") == .wait(.milliseconds(1100)))
  }

  @Test("the gate narrows on complaint and widens with success")
  func gate() async {
    let gate = ConcurrencyGate(limit: 8)
    gate.narrow()
    #expect(gate.limit == 4)
    gate.narrow()
    gate.narrow()
    gate.narrow()
    #expect(gate.limit == 1)
    for _ in 0..<200 { gate.widen() }
    #expect(gate.limit == 8)
  }

  @Test("the gate never lets more through than it may, under cancellation too")
  func gateRace() async {
    let gate = ConcurrencyGate(limit: 3)
    let peak = Peak()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<2_000 {
        group.addTask {
          let task = Task {
            guard await gate.enter() else { return }
            peak.enter()
            await Task.yield()
            peak.leave()
            gate.leave()
          }
          if index.isMultiple(of: 3) { task.cancel() }
          await task.value
        }
      }
    }
    #expect(peak.most <= 3)
    #expect(gate.demand == 0)
  }
}
