internal import ConnectorKit
internal import IdentityCore

/// The applications compiled, and what they ask of people.
struct PingOneCompiled: Sendable {
  var apps: [ProviderApp]
  var atoms: PingOneAtoms
  /// Who may use each application.
  var access: [PingOneWire.Access]
  /// Groups that could not be read.
  private(set) var unreadableGroups: Set<String> = []

  init(apps: [ProviderApp], atoms: PingOneAtoms, access: [PingOneWire.Access]) {
    self.apps = apps
    self.atoms = atoms
    self.access = access
  }

  /// The groups that matter.
  var groups: [String] { Set(atoms.groups + access.flatMap(\.groups)).sorted() }

  /// Takes in who is in which group; what could not be read is unknown for everybody.
  mutating func take(_ groups: [String: Part<Set<String>>], _ people: inout [PingOnePerson]) {
    var places: [String: Int] = [:]
    for (index, person) in people.enumerated() { places[person.id] = index }
    for (group, part) in groups {
      switch part {
      case .read(let members):
        for member in members {
          if let place = places[member] { people[place].groups.insert(group) }
        }
      case .unreadable(let reason, let remedy):
        unreadableGroups.insert(group)
        guard let atom = atoms.place(.group(group)) else { continue }
        markUnreadable(
          atom, Unknown(title: "who is in group \(group): \(reason)", remedy: remedy))
      }
    }
  }

  private mutating func markUnreadable(_ atom: SubjectAtom.ID, _ unknown: Unknown) {
    for index in apps.indices {
      guard case .readable(var model) = apps[index].state else { continue }
      model.unreadableAtoms[atom] = unknown
      apps[index].state = .readable(model)
    }
  }

  /// The applications that a person may use; a group that could not be read shuts nobody out.
  func assigned(to person: PingOnePerson) -> Set<Int> {
    Set(
      access.indices.filter { index in
        switch access[index] {
        case .everybody, .unclear, .untold: true
        case .any(let groups):
          groups.contains { person.groups.contains($0) || unreadableGroups.contains($0) }
        case .all(let groups):
          groups.allSatisfy { person.groups.contains($0) || unreadableGroups.contains($0) }
        }
      })
  }

  /// The account of a person with all that policies ask of it.
  func account(of person: PingOnePerson) -> Account {
    let places = atoms.facts.indices.filter { person.has(atoms.facts[$0]) }
    return Account(
      id: person.id, email: person.email, login: person.username,
      status: person.isActive ? .active : .inactive, statusText: person.statusText,
      atoms: Set(places), assigned: assigned(to: person),
      enrolled: person.devices.map { $0.isEmpty ? .no : .yes } ?? .unknown,
      factors: person.factors)
  }
}

extension PingOneRun {
  /// Compiles every application with the people known.
  func compile(_ read: PingOneReadPolicies, _ people: [PingOnePerson]) -> PingOneCompiled {
    var settings = PingOneSettings(
      devices: read.devices, switchedOff: configuration.switchedOff, pingID: configuration.pingID,
      rememberedDeviceLimitMinutes: Int64(configuration.rememberedDeviceLimitMinutes),
      authorities: Set(people.compactMap(\.identityProvider)).sorted())
    var atoms = PingOneAtoms()
    var apps: [ProviderApp] = []
    var access: [PingOneWire.Access] = []
    for app in read.apps {
      settings.asksBypass = asksBypass(at: app.id)
      apps.append(provider(app, settings, &atoms))
      if case .read(let wire) = app.app {
        access.append(wire.access)
      } else {
        access.append(.everybody)
      }
    }
    for index in apps.indices {
      guard case .readable(var model) = apps[index].state else { continue }
      model.atoms = atoms.all
      apps[index].state = .readable(model)
    }
    return PingOneCompiled(apps: apps, atoms: atoms, access: access)
  }

  private func provider(
    _ read: PingOneReadApp, _ settings: PingOneSettings, _ atoms: inout PingOneAtoms
  ) -> ProviderApp {
    switch read.app {
    case .unreadable(let reason, let remedy):
      return ProviderApp(
        id: read.id, label: read.id, state: .unreadable(reason: "\(reason).", remedy: remedy))
    case .read(let app):
      let vouches = Vouches(configuration.vouches, at: connector.clock())
      var unrecognised = Unrecognised(PingOneDoors.unrecognised.row, vouches, at: read.id)
      var result = ProviderApp(
        id: read.id, label: app.name, state: state(app, read, settings, &atoms, &unrecognised),
        evidence: evidence(app, read), policyLink: link(read))
      guard case .readable = result.state else { return result }
      let told = result.account(PingOneDoors.self, vouches) {
        PingOneCompiled.state(of: $0, app, read, settings, unrecognised)
      }
      for issue in told { reading.log.add(issue) }
      return result
    }
  }

  /// What PingOne itself links to an application: a DaVinci flow, its policies in order, or the default one.
  private func link(_ read: PingOneReadApp) -> String? {
    if case .read(let count) = read.flows, count > 0 { return "davinci" }
    guard case .read(let policies) = read.policies else { return nil }
    return policies.map(\.id).joined(separator: " ")
  }

  private func state(
    _ app: PingOneWire.App, _ read: PingOneReadApp, _ settings: PingOneSettings,
    _ atoms: inout PingOneAtoms, _ unrecognised: inout Unrecognised
  ) -> ProviderApp.State {
    guard app.isEnabled else {
      return .inactive("The application \(app.name) is switched off at PingOne.")
    }
    guard app.protocol != nil, app.type != nil else {
      return .unreadable(
        reason: "PingOne does not say of which kind \(app.name) is.",
        remedy: "run again; if it stays, report it")
    }
    if app.protocol == "EXTERNAL_LINK" {
      return .unjudged(
        reason: "\(app.name) is a link, for which PingOne authenticates nobody.",
        remedy: "name the application that people sign in through")
    }
    if let type = app.type, ["WORKER", "SERVICE"].contains(type) {
      return .unjudged(
        reason: "\(app.name) acts for itself; nobody signs in to it.",
        remedy: "name the application that people sign in through")
    }
    if app.type == "PING_ONE_ADMIN_CONSOLE" {
      return .unjudged(
        reason:
          "\(app.name) is the console of administrators, before which a policy of its own stands.",
        remedy: "look at the administrators' security settings in PingOne")
    }
    switch read.flows {
    case .unreadable(let reason, let remedy):
      return .unreadable(
        reason: "Whether a DaVinci flow stands before \(app.name): \(reason).", remedy: remedy)
    case .read(let count) where count > 0:
      return .unjudged(
        reason:
          "A DaVinci flow stands before \(app.name) (davinci), and no API of PingOne shows its steps.",
        remedy: "assign a PingOne sign-on policy to the application instead of the flow")
    case .read: break
    }
    switch read.policies {
    case .unreadable(let reason, let remedy):
      return .unreadable(
        reason: "Which sign-on policy stands before \(app.name): \(reason).", remedy: remedy)
    case .read(let policies):
      var builder = PingOneModelBuilder(settings, atoms: atoms, unrecognised: unrecognised)
      let policy = builder.people(builder.policies(policies), app.access)
      atoms = builder.atoms
      unrecognised = builder.unrecognised
      return .readable(builder.model(policy))
    }
  }

  private func evidence(_ app: PingOneWire.App, _ read: PingOneReadApp) -> [EvidenceItem] {
    var items: [EvidenceItem] = []
    if case .read(let policies) = read.policies {
      for (index, policy) in policies.enumerated() {
        items.append(
          EvidenceItem(
            .policy, id: policy.id, name: policy.name,
            value: read.hasOwnPolicies
              ? "sign-on policy, number \(index + 1) of \(policies.count) before \(app.name)"
              : "default sign-on policy of the environment",
            path: "/signOnPolicies/\(policy.id)/actions"))
      }
    }
    let path = "/applications/\(app.id)"
    switch app.access {
    case .everybody, .untold: break
    case .any(let groups):
      items.append(
        EvidenceItem(
          .assignment, name: "access control",
          value: "any of the groups \(groups.joined(separator: ", "))", path: path))
    case .all(let groups):
      items.append(
        EvidenceItem(
          .assignment, name: "access control",
          value: "all of the groups \(groups.joined(separator: ", "))", path: path))
    case .unclear(let type):
      items.append(
        EvidenceItem(
          .assignment, name: "access control",
          value: "of the kind \(type.prefix(40)), which is not known: nobody is left out",
          path: path))
    }
    if let role = app.role {
      items.append(
        EvidenceItem(
          .assignment, name: "access control",
          value: "role \(role.prefix(40)): whose it is was not read, nobody is left out", path: path
        ))
    }
    return items
  }
}
