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
    let asked = hanging.sorted { $0.key < $1.key }.map {
      (index: $0.key, id: people[$0.key].id, hangs: $0.value)
    }
    let found = await ask(asked)
    for (index, devices) in found { Self.take(devices, &people[index]) }
  }

  /// The devices of people, by their places; whoever could not be read is left out.
  private func ask(
    _ asked: [(index: Int, id: String, hangs: Bool)]
  ) async -> [(Int, [PingOneWire.Device])] {
    await withTaskGroup(of: (Int, [PingOneWire.Device]?, goesOn: Bool).self) { group in
      var found: [(Int, [PingOneWire.Device])] = []
      var next = asked.makeIterator()
      var done = 0
      for _ in 0..<Self.width {
        guard let (index, id, hangs) = next.next() else { break }
        group.addTask { await self.devices(index, id, hangs) }
      }
      while let (index, devices, goesOn) = await group.next() {
        done += 1
        progress(configuration.name, "devices", done: done, total: asked.count)
        if let devices { found.append((index, devices)) }
        // After a refusal every further person would be refused as well.
        guard goesOn, let (index, id, hangs) = next.next() else { continue }
        group.addTask { await self.devices(index, id, hangs) }
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

  private func devices(
    _ index: Int, _ id: String, _ hangs: Bool
  ) async -> (Int, [PingOneWire.Device]?, goesOn: Bool) {
    let request = get("/users/{user}/devices", [id])
    do throws(ConnectorError) {
      let rows = try await client.halRows(request, "devices", log)
      do throws(WireError) {
        let devices = try JSONValue.array(rows).rows { row throws(WireError) in
          try PingOneWire.Device(row)
        }
        return (index, devices, true)
      } catch {
        throw client.malformed(error, request)
      }
    } catch {
      keep(error, affects: hangs ? .verdicts : .details)
      return (index, nil, error.code == .notFound || error.isTransient)
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
