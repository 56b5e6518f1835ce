import Foundation
import IdentityCore
import MockIdP
import TestSupport

/// Plays worlds with and without faults.
struct LawRunner {
  let bench: LawBench

  /// What one world came to.
  struct Outcome: Sendable {
    var cases = 0
    var runs = 0
    var kinds: [String: Int] = [:]
    var verdicts: [String: Int] = [:]
    var failures: [LawFailure] = []
  }

  /// Plays the world of a seed, with some faults one after the other.
  func play(_ seeded: LawWorld, faults: Int) async throws -> Outcome {
    var world = seeded
    var random = FuzzRandom(world.seed ^ 0xFA17)
    var chosen: [LawFault] = []
    let places = (0..<faults).map { _ in random.below(world.steps.count) }
    let trouble = random.one(in: 3) ? random.below(world.steps.count) : 0
    let plain = try await playPlain(world) { step, requests in
      for _ in places.filter({ $0 == step }) {
        let fault = await LawFault.random(
          at: step, of: world, requests, &random, page: { await bench.page($0) })
        if let fault { chosen.append(fault) }
      }
      // Some worlds have their troubles anyway, from their second run on.
      guard step + 1 == trouble else { return [] }
      let found = await LawFault.random(
        at: trouble, of: world, requests, &random, page: { await bench.page($0) })
      return found.map { [$0] } ?? []
    }
    world.troubles = plain.troubles
    var outcome = Outcome()
    outcome.runs = plain.runs.count
    for member in plain.runs.flatMap(\.members.values) {
      outcome.verdicts[member.verdict.rawValue, default: 0] += 1
    }
    var failures = [try await anew(world, plain.runs)].compactMap { $0 }
    for fault in chosen {
      let breaches = try await compare(world, fault, plain.runs, &outcome)
      if !breaches.isEmpty {
        failures.append(LawFailure(world: world, fault: fault, breaches: breaches))
      }
    }
    outcome.failures = failures
    return outcome
  }

  /// What the laws say of one world and one fault.
  func breaches(_ world: LawWorld, _ fault: LawFault) async throws -> [LawCase.Breach] {
    let plain = try await playPlain(world) { _, _ in [] }.runs
    var outcome = Outcome()
    return try await compare(world, fault, plain, &outcome)
      + (try await anew(world, plain)?.breaches ?? [])
  }

  private func compare(
    _ world: LawWorld, _ fault: LawFault, _ plain: [RunView], _ outcome: inout Outcome
  ) async throws -> [LawCase.Breach] {
    let faulted = try await playFaulted(world, fault)
    outcome.cases += 1
    outcome.runs += faulted.count
    outcome.kinds[fault.kind, default: 0] += 1
    let breaches = LawCase(
      world: world, fault: fault, plain: plain, faulted: faulted, times: times(world)
    ).breaches()
    bench.advance(hours: 80)
    let late = try bench.members().sorted { $0.key < $1.key }.filter {
      $0.value.verdict != .cannotTell || !$0.value.findings.contains(.stale)
    }
    return breaches
      + late.prefix(1).map { key, member in
        LawCase.Breach(
          law: "what is too old is so when it is read", step: world.steps.count - 1, member: key,
          detail: "  80 hours later: \(member)")
      }
  }

  /// A run that nothing disturbs says what a first run says, whatever was before.
  private func anew(_ world: LawWorld, _ plain: [RunView]) async throws -> LawFailure? {
    let last = world.steps.count - 1
    guard last > 0, world.seed.isMultiple(of: 4), world.steps[last].teams.isEmpty,
      LawFault.active(world.troubles, at: last).isEmpty,
      !world.troubles.contains(where: { $0.isActive(at: last) })
    else { return nil }
    try bench.restore(-1)
    bench.now = times(world)[last].date
    await bench.show(world.scenario(at: last))
    let first = try await bench.run()
    for key in Set(first.members.keys).union(plain[last].members.keys).sorted() {
      let fresh = first.members[key]
      let known = plain[last].members[key]
      guard fresh?.verdict != known?.verdict || fresh?.findings != known?.findings else { continue }
      let breach = LawCase.Breach(
        law: "a good run says what a first run says", step: last, member: key,
        detail:
          "  known: \(known?.description ?? "nobody")\n  anew:  \(fresh?.description ?? "nobody")")
      let none = LawFault(step: last, isLasting: false, fault: Fault(.okta, "-", .slow))
      return LawFailure(world: world, fault: none, breaches: [breach])
    }
    return nil
  }

  private func times(_ world: LawWorld) -> [Timestamp] {
    var now = LawBench.beginning
    return world.steps.map { step in
      now += step.hours * 3600
      return Timestamp(now)
    }
  }

  private func playPlain(
    _ world: LawWorld, _ look: (Int, [RecordedRequest]) async -> [LawFault]
  ) async throws -> (runs: [RunView], troubles: [LawFault]) {
    try bench.begin(world.configuration(bench.mock))
    var runs: [RunView] = []
    var troubles = world.troubles
    for number in world.steps.indices {
      runs.append(try await run(world, number, troubles))
      try bench.save(number)
      await bench.mock.setFaults([])
      troubles += await look(number, await bench.mock.requests())
    }
    return (runs, troubles)
  }

  private func playFaulted(_ world: LawWorld, _ fault: LawFault) async throws -> [RunView] {
    try bench.restore(fault.step - 1)
    var runs: [RunView] = []
    for number in fault.step..<world.steps.count {
      runs.append(try await run(world, number, [fault] + world.troubles))
    }
    return runs
  }

  private func run(_ world: LawWorld, _ number: Int, _ faults: [LawFault]) async throws -> RunView {
    bench.now = times(world)[number].date
    var scenario = world.scenario(at: number)
    for fault in faults where fault.isActive(at: number) { fault.omission?.edit(&scenario) }
    await bench.show(scenario, LawFault.active(faults, at: number))
    return try await bench.run(teams: world.steps[number].teams)
  }
}

/// A world and a fault that break a law.
struct LawFailure: Sendable, CustomStringConvertible {
  var world: LawWorld
  var fault: LawFault
  var breaches: [LawCase.Breach]

  /// The laws that are broken.
  var laws: Set<String> { Set(breaches.map(\.law)) }

  var description: String {
    var lines = [
      "seed \(world.seed): \(world.platform.rawValue) with \(world.doors.map(\.rawValue).joined(separator: " + "))"
        + (world.upstream.map { " (google leaves to \($0.rawValue))" } ?? ""),
      "fault in \(fault)",
    ]
    for trouble in world.troubles { lines.append("trouble anyway in \(trouble)") }
    var last: [String] = []
    for (number, step) in world.steps.enumerated() {
      let words = step.words
      let scope = step.teams.isEmpty ? "" : " --team \(step.teams.joined())"
      lines.append("run \(number + 1), \(step.hours) h later\(scope):")
      lines += words.filter { !last.contains($0) }.map { "  \($0)" }
      last = words
    }
    for breach in breaches { lines.append("BROKEN \(breach)") }
    return lines.joined(separator: "\n")
  }
}

extension LawStep {
  /// The organisation in a few lines.
  fileprivate var words: [String] {
    var lines: [String] = []
    for person in organisation.people {
      var words = [person.email]
      if person.isOnTeamA { words.append("a") }
      if person.isOnTeamB { words.append("b") }
      if person.isAdmin { words.append("admin") }
      if person.isInvited { words.append("invited") }
      words.append(
        person.isFederated
          ? "federated" : "password, mfa \(person.platformMFA.map(String.init(describing:)) ?? "?")"
      )
      for (provider, door) in organisation.doors.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        let account = door.account(person)
        let state = [
          account.isThere ? nil : "absent", account.isActive ? nil : "inactive",
          account.isAssigned ? nil : "unassigned", account.isInGroup ? "group" : nil,
        ].compactMap { $0 }
        if !state.isEmpty { words.append("\(provider.rawValue): \(state.joined(separator: " "))") }
      }
      lines.append(words.joined(separator: " · "))
    }
    for (provider, door) in organisation.doors.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      lines.append(
        "\(provider.rawValue): \(door.demand.rawValue), policy \(door.policyNumber)\(door.hasExtra ? ", extra" : "")\(door.isTrusting ? ", trusting" : "")"
      )
    }
    return lines
  }
}
