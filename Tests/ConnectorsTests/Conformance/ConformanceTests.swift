import IdentityCore
import MockIdP
import Testing

/// What every connector keeps, whatever the vendor does.
@Suite("Every connector") struct ConformanceTests {
  @Test(
    "reads an untroubled organisation to its end, with the calls that it describes",
    arguments: ConformanceCase.all)
  func untroubled(kase: ConformanceCase) async throws {
    try await Probe.run(kase, kase.small) { probe in
      let reading = try await probe.read()
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      #expect(reading.source.requests > 0)
      let verdicts = Set(try reading.reconciled().records.values.map(\.verdict))
      #expect(verdicts.isSuperset(of: kase.verdicts), "\(verdicts)")
      let called = Set(await probe.bench.mock.requestCounts(kase.vendor).keys)
      #expect(called == Set(kase.endpoints.map(\.template)))
    }
  }

  @Test("reads an empty organisation to its end", arguments: ConformanceCase.all)
  func empty(kase: ConformanceCase) async throws {
    try await Probe.run(kase, kase.empty) { probe in
      let reading = try await probe.read()
      #expect(reading.source.isComplete == kase.emptyIsComplete, "\(reading.source.issues)")
      let verdicts = try reading.reconciled().records.values.map(\.verdict)
      #expect(verdicts.allSatisfy { $0 == .cannotTell || $0 == .notEvaluated }, "\(verdicts)")
    }
  }

  @Test("reads the last page of every list, and nobody twice", arguments: ConformanceCase.all)
  func lastPage(kase: ConformanceCase) async throws {
    try await Probe.run(kase, kase.paged) { probe in
      let reading = try await probe.read()
      #expect(reading.source.isComplete, "\(reading.source.issues)")
      let counts = await probe.bench.mock.requestCounts(kase.vendor)
      for endpoint in kase.endpoints where endpoint.shape == .list {
        #expect((counts[endpoint.template] ?? 0) >= 3, "\(endpoint.template)")
      }
      let again = try await probe.read()
      #expect(again.source.fetched == reading.source.fetched)
      #expect(try again.reconciled(with: reading.reconciled().records).changes.isEmpty)
    }
  }

  @Test("survives the failure of any call: told, never a pass", arguments: ConformanceCase.calls)
  func failures(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.small) { probe in
      let good = try await probe.read()
      for fault in Self.faults(of: call)
      where !(call.endpoint.isNumber && fault.kind == .malformed) {
        try await probe.expectDamage(call, fault, good)
      }
    }
  }

  private static func faults(of call: ConformanceCall) -> [Fault] {
    let faults = [
      call.fault(.unauthorized), call.fault(.forbidden), call.fault(.status, status: 500),
      call.fault(.status, status: 418), call.fault(.truncated), call.fault(.malformed),
      call.fault(.html), call.fault(.reset), call.fault(.rateLimited),
    ]
    return call.endpoint.answersAbsence ? faults : faults + [call.fault(.notFound)]
  }

  @Test(
    "waits as long as the vendor asks for, and loses nothing", arguments: ConformanceCase.calls)
  func retryAfter(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.small) { probe in
      let good = try await probe.read()
      let before = probe.bench.waited
      await probe.bench.mock.setFaults([call.fault(.rateLimited, times: 1, text: "37")])
      let bad = try await probe.read()
      #expect(bad.source.isComplete, "\(bad.source.issues)")
      #expect(bad.source.fetched == good.source.fetched)
      #expect(probe.bench.waited - before >= .seconds(37))
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test(
    "takes fields that are null, missing or of another type for what they are",
    arguments: ConformanceCase.calls.filter {
      !$0.endpoint.required.isEmpty || !$0.endpoint.optional.isEmpty
    })
  func fields(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.small) { probe in
      let good = try await probe.read()
      for field in call.endpoint.required {
        for kind in [Fault.Kind.nullField, .missingField, .wrongType] {
          try await probe.expectDamage(call, call.fault(kind, text: field), good)
        }
      }
      for field in call.endpoint.optional {
        try await probe.expectDamage(call, call.fault(.wrongType, text: field), good)
        for kind in [Fault.Kind.nullField, .missingField] {
          let fault = call.fault(kind, text: field)
          await probe.bench.mock.setFaults([fault])
          let bad = try await probe.read()
          #expect(bad.source.isComplete, "\(field) \(kind): \(bad.source.issues)")
          try probe.expectNoPass(from: good, to: bad, fault)
        }
      }
    }
  }

  @Test(
    "breaks off where a later page is damaged, and says which", arguments: ConformanceCase.lists)
  func laterPages(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.paged) { probe in
      let good = try await probe.read()
      var faults = [
        call.fault(.forbidden, first: 3), call.fault(.truncated, first: 3),
        call.fault(.malformed, first: 3),
      ]
      if !call.kase.capabilities.contains(.pagedByNumber) {
        faults.append(call.fault(.repeatedCursor))
      }
      if call.kase.capabilities.contains(.pagedByLink) {
        faults += [
          call.fault(.foreignNext, text: "http://127.0.0.1:9/stolen"),
          call.fault(.foreignNext, text: "https://user:word@attacker.example/x"),
        ]
      }
      if call.kase.capabilities.contains(.pagedByRange) { faults.append(call.fault(.missingNext)) }
      for fault in faults { try await probe.expectDamage(call, fault, good) }
      if call.endpoint.hasUniqueRows { try await probe.expectRepetition(call, good) }
    }
  }

  @Test("goes on after an empty page that names a next one", arguments: ConformanceCase.lists)
  func emptyPage(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.paged) { probe in
      let good = try await probe.read()
      await probe.bench.mock.setFaults([call.fault(.emptyPage, first: 2, times: 1)])
      let bad = try await probe.read()
      #expect(bad.source.isComplete, "\(bad.source.issues)")
      #expect(bad.source.fetched == good.source.fetched)
      #expect(try bad.reconciled(with: good.reconciled().records).changes.isEmpty)
    }
  }

  @Test("refuses a reply over the cap", arguments: ConformanceCase.all)
  func oversize(kase: ConformanceCase) async throws {
    let call = try #require(ConformanceCase.lists.first { $0.kase.name == kase.name })
    try await Probe.run(kase, kase.small) { probe in
      let good = try await probe.read()
      try await probe.expectDamage(call, call.fault(.oversize, bytes: 40 << 20), good)
    }
  }

  @Test(
    "renews a credential that ends in the middle once, if it can", arguments: ConformanceCase.lists)
  func expiry(call: ConformanceCall) async throws {
    try await Probe.run(call.kase, call.kase.paged) { probe in
      let good = try await probe.read()
      let once = call.fault(.unauthorized, first: 2, times: 1)
      if call.kase.capabilities.contains(.renewsCredential) {
        await probe.bench.mock.setFaults([once])
        let healed = try await probe.read()
        #expect(healed.source.isComplete, "\(healed.source.issues)")
        #expect(healed.source.fetched == good.source.fetched)
        #expect(try healed.reconciled(with: good.reconciled().records).changes.isEmpty)
      } else {
        try await probe.expectDamage(call, once, good)
      }
      try await probe.expectDamage(call, call.fault(.unauthorized, first: 2), good)
    }
  }
}

/// A connector on a bench, with what is expected of it.
private struct Probe {
  let kase: ConformanceCase
  let bench: Bench

  static func run(
    _ kase: ConformanceCase, _ scenario: Scenario, _ body: (Probe) async throws -> Void
  ) async throws {
    try await Bench.run(scenario) { try await body(Probe(kase: kase, bench: $0)) }
  }

  /// Reads anew, and looks for secrets in whatever came of it.
  func read() async throws -> ConformanceReading {
    let reading = try await kase.read(bench)
    let shown = reading.text + bench.log.text
    let secrets = bench.mock.endpoints.values.map(\.token) + kase.secrets
    for secret in secrets where !secret.isEmpty {
      #expect(!shown.contains(secret), "a secret is shown")
    }
    return reading
  }

  /// Reads with a fault, which is to be told as the endpoint says, and improves nobody.
  func expectDamage(
    _ call: ConformanceCall, _ fault: Fault, _ good: ConformanceReading
  ) async throws {
    await bench.mock.setFaults([fault])
    let bad = try await read()
    let loss = fault.kind == .forbidden ? call.endpoint.lossWhenRefused : call.endpoint.loss
    expect(loss, in: bad, call, fault)
    try expectNoPass(from: good, to: bad, fault)
  }

  /// Reads with a row that comes twice: it is told, and either noted as one row or the list is not read to its end.
  func expectRepetition(_ call: ConformanceCall, _ good: ConformanceReading) async throws {
    let fault = call.fault(.duplicate)
    await bench.mock.setFaults([fault])
    let bad = try await read()
    let isNoted = bad.source.issues.allSatisfy { $0.affects == .details }
    expect(isNoted ? .details : call.endpoint.loss, in: bad, call, fault)
    try expectNoPass(from: good, to: bad, fault)
    guard isNoted else { return }
    let verdicts = try bad.reconciled().records.mapValues(\.verdict)
    #expect(try verdicts == good.reconciled().records.mapValues(\.verdict))
  }

  /// The failure is told with its call and what to do, and the source counts as it should.
  func expect(
    _ loss: ConformanceCase.Endpoint.Loss, in bad: ConformanceReading, _ call: ConformanceCall,
    _ fault: Fault
  ) {
    let issue = bad.source.issues.first { $0.call == call.endpoint.template }
    let context = "\(fault.kind) \(fault.text ?? "") first \(fault.first): \(bad.source.issues)"
    #expect(issue != nil, "\(context)")
    #expect(issue?.message.isEmpty == false && issue?.remedy.isEmpty == false, "\(context)")
    // A credential that is refused on one call may well end the whole reading.
    if loss == .verdicts || fault.kind != .unauthorized {
      #expect(bad.source.isComplete == (loss != .verdicts), "\(context)")
    }
    // One list may be asked for in several ways at a time; the third request is no first page of all of them.
    if fault.first > 2, call.endpoint.shape == .list {
      let pages = bad.source.issues.filter { $0.call == call.endpoint.template }.map(\.page)
      #expect(pages.contains { ($0 ?? 0) > 1 }, "\(context)")
    }
  }

  /// On a first run the failure gives nobody a pass; later it removes nobody and improves nobody.
  func expectNoPass(
    from good: ConformanceReading, to bad: ConformanceReading, _ fault: Fault
  ) throws {
    let before = try good.reconciled().records
    for (key, record) in try bad.reconciled().records {
      let old = before[key]?.verdict
      let isWeaker = record.verdict == .enforcedConditionally && old == .enforced
      #expect(
        record.verdict == old || record.verdict == .cannotTell || record.verdict == .notEnforced
          || isWeaker, "\(fault.kind) \(fault.text ?? ""): \(key) became \(record.verdict)")
    }
    for change in try bad.reconciled(with: before).changes {
      let key = change.record.key
      #expect(change.kind != .removed, "\(fault.kind): \(key) removed")
      guard change.kind == .changed, let old = before[key]?.verdict else { continue }
      #expect(
        !old.isWorse(than: change.record.verdict),
        "\(fault.kind) \(fault.text ?? ""): \(key) from \(old) to \(change.record.verdict)")
    }
  }
}
