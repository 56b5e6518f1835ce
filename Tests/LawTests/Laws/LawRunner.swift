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
  func play(_ world: LawWorld, faults: Int) async throws -> Outcome {
    var random = FuzzRandom(world.seed ^ 0xFA17)
    var chosen: [LawFault] = []
    let places = (0..<faults).map { _ in random.below(world.steps.count) }
    let plain = try await playPlain(world) { step, requests in
      for _ in places.filter({ $0 == step }) {
        let fault = await LawFault.random(
          at: step, of: world, requests, &random, page: { await bench.page($0) })
        if let fault { chosen.append(fault) }
      }
    }
    var outcome = Outcome()
    outcome.runs = plain.count
    for run in plain {
      for member in run.members.values {
        outcome.verdicts[member.verdict.rawValue, default: 0] += 1
      }
    }
    for fault in chosen {
      let faulted = try await playFaulted(world, fault)
      outcome.cases += 1
      outcome.runs += faulted.count
      outcome.kinds[fault.fault.kind.rawValue, default: 0] += 1
      let breaches = LawCase(
        world: world, fault: fault, plain: plain, faulted: faulted, times: times(world)
      ).breaches()
      if !breaches.isEmpty {
        outcome.failures.append(LawFailure(world: world, fault: fault, breaches: breaches))
      }
    }
    return outcome
  }

  /// What the laws say of one world and one fault.
  func breaches(_ world: LawWorld, _ fault: LawFault) async throws -> [LawCase.Breach] {
    let plain = try await playPlain(world) { _, _ in }
    let faulted = try await playFaulted(world, fault)
    return LawCase(
      world: world, fault: fault, plain: plain, faulted: faulted, times: times(world)
    ).breaches()
  }

  private func times(_ world: LawWorld) -> [Timestamp] {
    var now = LawBench.beginning
    return world.steps.map { step in
      now += step.hours * 3600
      return Timestamp(now)
    }
  }

  private func playPlain(
    _ world: LawWorld, _ look: (Int, [RecordedRequest]) async -> Void
  ) async throws -> [RunView] {
    try bench.begin(world.configuration(bench.mock))
    var runs: [RunView] = []
    for (number, step) in world.steps.enumerated() {
      bench.now = times(world)[number].date
      await bench.show(world.scenario(at: number))
      runs.append(try await bench.run(teams: step.teams))
      try bench.save(number)
      await look(number, await bench.mock.requests())
    }
    return runs
  }

  private func playFaulted(_ world: LawWorld, _ fault: LawFault) async throws -> [RunView] {
    try bench.restore(fault.step - 1)
    var runs: [RunView] = []
    for number in fault.step..<world.steps.count {
      bench.now = times(world)[number].date
      await bench.show(
        world.scenario(at: number), fault.isActive(at: number) ? [fault.fault] : [])
      runs.append(try await bench.run(teams: world.steps[number].teams))
    }
    return runs
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
