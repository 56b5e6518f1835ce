internal import ConnectorKit
internal import CurlTransport
internal import IdentityCore
internal import JSONQuery

extension PingOneRun {
  private static let kinds: [String: FactorSet] = [
    "sms": .sms, "voice": .voice, "email": .email, "totp": .totp, "mobile": .push,
    "fido2": .webauthn, "securitykey": .webauthn, "platform": .webauthn,
    "oathtoken": .hardwareToken,
  ]
  /// Methods that take devices of another name.
  private static let alsoKnownAs: [String: Set<String>] = [
    "totp": ["authenticator"], "fido2": ["securitykey", "boundbiometrics"],
    "securitykey": ["fido2"], "platform": ["fido2", "boundbiometrics"],
  ]
  /// How many people are asked for at a time; the transport holds back further.
  private static let width = 8

  /// Asks for the devices of people whose verdict hangs on them, and of everybody where factors are collected: no list
  /// tells of devices.
  func readDevices(_ people: inout [PingOnePerson], _ compiled: PingOneCompiled, all: Bool) async {
    var hanging: [Int: Bool] = [:]
    var known: [AccountTable.Signature: Bool] = [:]
    for (index, person) in people.enumerated() where person.isActive {
      let hangs = hangsOnDevices(person, compiled, &known)
      if hangs || all { hanging[index] = hangs }
    }
    let asked = hanging.keys.sorted().map { (index: $0, id: people[$0].id) }
    let hangs = hanging
    let found = await ask("devices", asked) { index, id in
      await devices(id, hangs[index] == true)
    }
    for (index, devices) in found { Self.take(devices, &people[index]) }
  }

  /// What one question to each of some people brings, by their places; whoever could not be read is left out.
  ///
  /// - Parameter question: asks for one person; says whether it makes sense to go on.
  func ask<Answer: Sendable>(
    _ phase: String, _ asked: [(index: Int, id: String)],
    _ question: @escaping @Sendable (Int, String) async -> (Answer?, goesOn: Bool)
  ) async -> [(Int, Answer)] {
    await withTaskGroup(of: (Int, Answer?, goesOn: Bool).self) { group in
      var found: [(Int, Answer)] = []
      var next = asked.makeIterator()
      var done = 0
      func add(_ index: Int, _ id: String) {
        group.addTask {
          let (answer, goesOn) = await question(index, id)
          return (index, answer, goesOn)
        }
      }
      for _ in 0..<Self.width {
        guard let (index, id) = next.next() else { break }
        add(index, id)
      }
      while let (index, answer, goesOn) = await group.next() {
        done += 1
        reading.tell(phase, done: done, of: asked.count)
        if let answer { found.append((index, answer)) }
        // After a refusal every further person would be refused as well.
        guard goesOn, let (index, id) = next.next() else { continue }
        add(index, id)
      }
      return found
    }
  }

  /// Whether the verdict of a person about any application may be another one with other devices: as long as they are
  /// not read it then cannot be told, and for that reason.
  private func hangsOnDevices(
    _ person: PingOnePerson, _ compiled: PingOneCompiled,
    _ known: inout [AccountTable.Signature: Bool]
  ) -> Bool {
    guard compiled.atoms.place(.devicesUnread) != nil else { return false }
    let account = compiled.account(of: person)
    var table = AccountTable(atomCount: compiled.atoms.facts.count)
    table.append(account)
    let signature = table.signature(at: 0)
    if let hangs = known[signature] { return hangs }
    let hangs = compiled.apps.indices.contains { app in
      guard account.assigned.contains(app), case .readable(let model) = compiled.apps[app].state
      else { return false }
      let result = SignInEvaluator(model).evaluate(signature)
      return result.verdict == .cannotTell
        && result.unknowns.contains { $0.title == PingOneModelBuilder.unreadDevices }
    }
    known[signature] = hangs
    return hangs
  }

  @Sendable private func devices(
    _ id: String, _ hangs: Bool
  ) async -> ([PingOneWire.Device]?, goesOn: Bool) {
    do throws(ConnectorError) {
      let devices = try await reading.rows(
        get("/users/{user}/devices", [id]), .hal("devices"), id: { $0["id"]?.string },
        PingOneWire.Device.init)
      return (devices, true)
    } catch {
      reading.keep(error, hangs ? .verdicts : .details)
      return (nil, error.code == .notFound || error.isTransient)
    }
  }

  private static func take(_ devices: [PingOneWire.Device], _ person: inout PingOnePerson) {
    var methods: Set<String> = []
    for device in devices where device.isActive {
      let method = PingOneWire.plain(device.type)
      methods.insert(method)
      methods.formUnion(alsoKnownAs[method] ?? [])
      person.factors.formUnion(kinds[method] ?? .other)
    }
    person.devices = methods
  }
}
