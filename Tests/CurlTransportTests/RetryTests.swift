import CurlTransport
import Foundation
import Testing

@Suite("Transport: retries")
struct RetryTests {
  private func policy(
    _ retry: RetryPolicy = RetryPolicy(), _ rate: RateHeaders = .none
  ) -> SourcePolicy {
    SourcePolicy(retry: retry, rateHeaders: rate)
  }

  @Test(
    "what says not now is tried again until it says yes",
    arguments: [408, 425, 500, 502, 503, 504])
  func transient(status: Int) async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(), clock: clock.clock) { request in
      [.reply(request.index < 2 ? status : 200)]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.status == 200)
      #expect(server.requests.count == 3)
      #expect(clock.sleeps == [.milliseconds(500), .seconds(1)])
      #expect(source.statistics.retries == 2)
      #expect(source.statistics.waited == .milliseconds(1500))
      #expect(source.statistics.requests == ["GET /": [status: 2, 200: 1]])
      let ids = server.requests.compactMap { $0["request-id"] }
      #expect(Set(ids).count == 3)
    }
  }

  @Test(
    "a limit that does not say for how long is waited out in growing steps, where the policy names them"
  )
  func bareLimit() async throws {
    let clock = ManualClock()
    let retry = RetryPolicy(limitWait: (first: .seconds(30), step: .seconds(15)))
    try await withServer(policy: policy(retry), clock: clock.clock) { request in
      [.reply(request.index < 3 ? 429 : 200)]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.status == 200)
      let floors: [Duration] = [.seconds(30), .seconds(45), .seconds(60)]
      #expect(clock.sleeps.count == floors.count)
      #expect(zip(clock.sleeps, floors).allSatisfy { $0 >= $1 && $0 <= $1 + .seconds(1) })
    }
  }

  @Test(
    "a limit is waited out from a floor that doubles, with jitter on top", arguments: [0.0, 1.0])
  func doublingLimit(dice: Double) async throws {
    let clock = ManualClock(dice: dice)
    let retry = RetryPolicy(maxAttempts: 6, base: .seconds(1), cap: .seconds(8))
    try await withServer(policy: policy(retry), clock: clock.clock) { request in
      [.reply(request.index < 5 ? 429 : 200)]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      let floors: [Duration] = [1, 2, 4, 8, 8].map { .seconds($0) }
      #expect(clock.sleeps.count == floors.count)
      #expect(zip(clock.sleeps, floors).allSatisfy { $0 >= $1 && $0 <= $1 + .seconds(1) })
    }
  }

  @Test("a limit that only the policy knows has the same floor, and holds the other requests")
  func throttledFloor() async throws {
    let clock = ManualClock(dice: 0)
    var policy = policy(RetryPolicy(base: .seconds(2)))
    policy.isThrottled = { $0.status == 400 && $0.body.text.contains("Throttling") }
    try await withServer(policy: policy, clock: clock.clock) { request in
      [request.index < 2 ? .reply(400, [], "{\"__type\":\"Throttling\"}") : .reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      #expect(clock.sleeps == [.seconds(2), .seconds(4)])
    }
    let one = SourcePolicy(retry: .never, isThrottled: { $0.status == 400 })
    let held = ManualClock(dice: 0)
    try await withServer(policy: one, clock: held.clock) { request in
      [.reply(request.index == 0 ? 400 : 200)]
    } _: { server, source in
      try await source.expect(status: 400, HTTPRequest(.get, server.origin))
      try await source.expect(status: 200, HTTPRequest(.get, server.origin + "/other"))
      #expect(held.sleeps == [.milliseconds(500)])
    }
  }

  @Test("a limit under a 403 stays a limit when the tries are used up")
  func throttledToTheEnd() async throws {
    let clock = ManualClock()
    var policy = policy()
    policy.isThrottled = { $0.body.text.contains("secondary") }
    try await withServer(policy: policy, clock: clock.clock) { _ in
      [.reply(403, [], "secondary rate limit")]
    } _: { server, source in
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .rateLimited)
      #expect(error.status == 403)
      #expect(server.requests.count == 5)
    }
  }

  @Test(
    "a wait longer than a run is not cut short: the error names it, for every request of the source",
    arguments: [
      (429, ["Retry-After: 3600"]), (403, ["Retry-After: 3600"]),
      (
        403,
        [
          "X-RateLimit-Remaining: 0", "X-RateLimit-Reset: 1800003599",
          "Date: Fri, 15 Jan 2027 08:00:00 GMT",
        ]
      ),
    ])
  func longWait(status: Int, headers: [String]) async throws {
    let clock = ManualClock(dice: 0)
    try await withServer(policy: policy(RetryPolicy(), .github), clock: clock.clock) { _ in
      [.reply(status, headers)]
    } _: { server, source in
      for path in ["", "/other"] {
        let error = try await failure {
          try await source.send(HTTPRequest(.get, server.origin + path))
        }
        #expect(error.code == .rateLimited)
        #expect("\(error)".contains("3600 s"))
      }
      #expect(server.requests.count == 1)
      #expect(clock.sleeps.isEmpty)
    }
  }

  @Test("what says no is not tried again", arguments: [400, 401, 403, 404, 409, 416, 501])
  func permanent(status: Int) async throws {
    try await withServer(policy: policy()) { _ in
      [.reply(status)]
    } _: { server, source in
      _ = try await source.send(HTTPRequest(.get, server.origin))
      #expect(server.requests.count == 1)
    }
  }

  @Test("connections that break are tried again", arguments: [RawServer.Action.close, .reset])
  func broken(action: RawServer.Action) async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(), clock: clock.clock) { request in
      request.index < 2
        ? [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), action] : [.reply()]
    } _: { server, source in
      try await source.expect(body: "{}", HTTPRequest(.get, server.origin))
      #expect(server.requests.count == 3)
    }
  }

  @Test("only idempotent requests are tried again")
  func idempotence() async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(), clock: clock.clock) { _ in
      [.reply(503)]
    } _: {
      server, source in
      try await source.expect(status: 503, HTTPRequest(.post, server.origin))
      #expect(server.requests.count == 1)
      let read = HTTPRequest(.post, server.origin, body: [], isIdempotent: true)
      try await source.expect(status: 503, read)
      #expect(server.requests.count == 6)
      let put = HTTPRequest(.put, server.origin, isIdempotent: false)
      try await source.expect(status: 503, put)
      #expect(server.requests.count == 7)
    }
  }

  @Test("the wait doubles to its cap and is drawn from zero up", arguments: [0.0, 0.5, 1.0])
  func backoff(dice: Double) async throws {
    let clock = ManualClock(dice: dice)
    let retry = RetryPolicy(maxAttempts: 6, base: .seconds(1), cap: .seconds(5))
    try await withServer(policy: policy(retry), clock: clock.clock) { _ in
      [.reply(503)]
    } _: {
      server, source in
      _ = try await source.send(HTTPRequest(.get, server.origin))
      #expect(clock.sleeps == [1, 2, 4, 5, 5].map { .seconds($0) * dice })
    }
  }

  @Test(
    "Retry-After wins over our own wait, in both forms",
    arguments: [
      ("7", 7), ("Fri, 15 Jan 2027 08:00:30 GMT", 30), ("300", 300),
      ("Fri, 15 Jan 2027 07:00:00 GMT", 0),
    ])
  func retryAfter(value: String, seconds: Int) async throws {
    let clock = ManualClock(dice: 0)
    try await withServer(policy: policy(), clock: clock.clock) { request in
      // The local clock is a day wrong, the reply's own date counts.
      request.index == 0
        ? [.reply(429, ["Retry-After: \(value)", "Date: Fri, 15 Jan 2027 08:00:00 GMT"])]
        : [.reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      #expect(clock.sleeps.reduce(.zero, +) == .seconds(seconds))
    }
  }

  @Test("the budget of time ends the tries and gives the last reply")
  func timeBudget() async throws {
    let clock = ManualClock(dice: 0)
    let retry = RetryPolicy(maxAttempts: 10, totalBudget: .seconds(100))
    try await withServer(policy: policy(retry), clock: clock.clock) { request in
      [.reply(429, ["Retry-After: 40"], "{\"try\":\(request.index)}")]
    } _: { server, source in
      let response = try await source.send(HTTPRequest(.get, server.origin))
      #expect(response.status == 429)
      #expect(response.body.text == "{\"try\":2}")
      // The budget is the source's, not the request's.
      _ = try await source.send(HTTPRequest(.get, server.origin + "/other"))
      #expect(server.requests.count == 4)
    }
  }

  @Test("the budget of retries is the source's too")
  func countBudget() async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(RetryPolicy(totalRetries: 3)), clock: clock.clock) { _ in
      [.reply(500)]
    } _: { server, source in
      for _ in 0..<5 { _ = try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(server.requests.count == 8)
    }
  }

  @Test("Okta's limit waits until its reset by the reply's own date")
  func okta() async throws {
    let clock = ManualClock(dice: 0)
    try await withServer(policy: policy(RetryPolicy(), .okta), clock: clock.clock) { request in
      request.index == 0
        ? [
          .reply(
            429,
            [
              "X-Rate-Limit-Limit: 600", "X-Rate-Limit-Remaining: 0",
              "X-Rate-Limit-Reset: 1800000042", "Date: Fri, 15 Jan 2027 08:00:00 GMT",
            ], "{\"errorCode\":\"E0000047\"}")
        ] : [.reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      let waited = clock.sleeps.reduce(.zero, +)
      #expect((.seconds(42) ... .seconds(44)).contains(waited), "\(waited)")
    }
  }

  @Test("Okta's concurrency limit waits a few seconds, not until the reset, and narrows the source")
  func oktaConcurrency() async throws {
    let clock = ManualClock(dice: 0.5)
    let peak = Peak()
    var policy = policy(RetryPolicy(), .okta)
    policy.maxConcurrent = 4
    try await withServer(policy: policy, clock: clock.clock) { request in
      if request.index == 0 {
        return [
          .reply(
            429,
            [
              "X-Rate-Limit-Limit: 0", "X-Rate-Limit-Remaining: 0",
              "X-Rate-Limit-Reset: 1800000060", "Date: Fri, 15 Jan 2027 08:00:00 GMT",
            ])
        ]
      }
      peak.enter()
      usleep(3_000)
      peak.leave()
      return [.reply()]
    } _: { server, source in
      let origin = server.origin
      _ = try await source.send(HTTPRequest(.get, origin))
      #expect(clock.sleeps.allSatisfy { $0 <= .seconds(6) })
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<12 {
          group.addTask { _ = try await source.send(HTTPRequest(.get, origin)) }
        }
        try await group.waitForAll()
      }
      #expect(peak.most == 2)
    }
  }

  @Test("Heroku's 429 without Retry-After waits the minutes that the bucket needs")
  func heroku() async throws {
    let clock = ManualClock(dice: 0)
    try await withServer(policy: policy(RetryPolicy(), .heroku), clock: clock.clock) { request in
      request.index == 0
        ? [.reply(429, ["RateLimit-Remaining: 0"], "{\"id\":\"rate_limit\"}")] : [.reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      let waited = clock.sleeps.reduce(.zero, +)
      #expect((.seconds(60) ... .seconds(61)).contains(waited), "\(waited)")
    }
  }

  @Test("GitHub's 403 is the limit when it says so, and a refusal when it does not")
  func github() async throws {
    let clock = ManualClock(dice: 0)
    try await withServer(policy: policy(RetryPolicy(), .github), clock: clock.clock) { request in
      if request.target == "/denied" { return [.reply(403, ["X-RateLimit-Remaining: 10"])] }
      return request.index == 0 ? [.reply(403, ["Retry-After: 5"])] : [.reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
      #expect(clock.sleeps.reduce(.zero, +) == .seconds(5))
      try await source.expect(status: 403, HTTPRequest(.get, server.origin + "/denied"))
      #expect(server.requests.count == 3)
    }
  }

  @Test("a policy can say that a reply which looks final means not now")
  func throttled() async throws {
    let clock = ManualClock()
    var policy = policy()
    policy.isThrottled = { $0.status == 403 && $0.body.text.contains("quotaExceeded") }
    try await withServer(policy: policy, clock: clock.clock) { request in
      [request.index == 0 ? .reply(403, [], "{\"reason\":\"quotaExceeded\"}") : .reply()]
    } _: { server, source in
      try await source.expect(status: 200, HTTPRequest(.get, server.origin))
    }
  }

  @Test("once the share of the others is reached, requests are spaced until the reset")
  func pacing() async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(RetryPolicy(), .okta), clock: clock.clock) { request in
      [
        .reply(
          200,
          [
            "X-Rate-Limit-Limit: 20", "X-Rate-Limit-Remaining: \(max(0, 19 - request.index))",
            "X-Rate-Limit-Reset: 1800000060", "Date: Fri, 15 Jan 2027 08:00:00 GMT",
          ])
      ]
    } _: { server, source in
      for _ in 0..<10 { _ = try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(clock.sleeps.isEmpty)
      for _ in 0..<4 { _ = try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(clock.sleeps.count == 3)
      #expect(clock.sleeps.allSatisfy { $0 >= .seconds(10) })
    }
  }

  @Test("a limit that is used up for an hour is an error at once")
  func exhausted() async throws {
    let clock = ManualClock()
    try await withServer(policy: policy(RetryPolicy(), .github), clock: clock.clock) { _ in
      [
        .reply(
          200,
          [
            "X-RateLimit-Limit: 5000", "X-RateLimit-Remaining: 0",
            "X-RateLimit-Reset: 1800003600", "Date: Fri, 15 Jan 2027 08:00:00 GMT",
          ])
      ]
    } _: { server, source in
      _ = try await source.send(HTTPRequest(.get, server.origin))
      let error = try await failure { try await source.send(HTTPRequest(.get, server.origin)) }
      #expect(error.code == .rateLimited)
      #expect(error.isTransient)
      #expect(server.requests.count == 1)
      #expect(clock.sleeps.isEmpty)
    }
  }

  @Test("cancelling ends a wait")
  func cancelWait() async throws {
    try await withServer(policy: policy()) { _ in
      [.reply(429, ["Retry-After: 100"])]
    } _: { server, source in
      let task = Task { try await source.send(HTTPRequest(.get, server.origin)) }
      while server.requests.isEmpty { await Task.yield() }
      task.cancel()
      let error = try await failure { try await task.value }
      #expect(error.code == .cancelled)
    }
  }
}
