internal import ConnectorKit
internal import IdentityCore

/// What a realm says about sign-ins, compiled.
struct KeycloakCompiled: Sendable {
  var apps: [ProviderApp]
  var atoms: KeycloakAtoms
  var directory: KeycloakDirectory
  /// The groups that were asked for, by the names asked; those that cannot be read are left out.
  var groups: [String: SubjectAtom.ID] = [:]
  /// The addresses of identity providers by their aliases.
  var addresses: [String: [String]] = [:]

  /// Makes a fact about people unknown in every model.
  mutating func markUnreadable(_ atom: SubjectAtom.ID, _ unknown: Unknown) {
    for index in apps.indices {
      guard case .readable(var model) = apps[index].state else { continue }
      model.unreadableAtoms[atom] = unknown
      apps[index].state = .readable(model)
    }
  }
}

extension KeycloakRun {
  /// Compiles what decides sign-ins to some clients.
  func compile(
    _ ids: [AppID], _ picture: KeycloakRealmPicture, groups asked: [String]
  ) -> KeycloakCompiled {
    var atoms = KeycloakAtoms()
    var groups: [String: SubjectAtom.ID] = [:]
    for name in asked where picture.directory.hiddenGroups == nil {
      if let group = picture.directory.group(named: name) { groups[name] = atoms.group(group) }
    }
    let vouches = Vouches(configuration.vouches, at: connector.clock())
    let isOpen =
      picture.realm.mayShareAddresses
      && ids.contains {
        vouches.vouch(for: KeycloakDoors.registration.row.id, object: nil, version: nil, at: $0)
          == nil
      }
    var apps = ids.map { id in
      let builder = KeycloakModelBuilder(atoms: atoms, vouches: vouches, app: id)
      if isOpen { builder.disabled = builder.atoms.disabled() }
      let app = app(id, picture, builder)
      atoms = builder.atoms
      return app
    }
    // All models share one table of facts, the last one's.
    for index in apps.indices {
      guard case .readable(var model) = apps[index].state else { continue }
      model.atoms = atoms.all
      apps[index].state = .readable(model)
    }
    return KeycloakCompiled(
      apps: apps, atoms: atoms, directory: picture.directory, groups: groups,
      addresses: Dictionary(
        picture.brokers.map { ($0.alias, $0.addresses) }, uniquingKeysWith: { $1 }))
  }

  private func app(
    _ id: AppID, _ picture: KeycloakRealmPicture, _ builder: KeycloakModelBuilder
  ) -> ProviderApp {
    guard let client = picture.clients.first(where: { $0.clientID == id }) else {
      return ProviderApp(
        id: id, label: id,
        state: .unreadable(
          reason: "The realm \(picture.realm.name) shows no client \(id).",
          remedy: "check the client id in the configuration of the team, and the role view-clients"),
        isMissing: true)
    }
    var app = ProviderApp(
      id: id, label: client.name ?? id, state: .inactive(""),
      evidence: Self.evidence(client, picture),
      policyLink: KeycloakRealmPicture.policyLink(of: client, in: picture.realm))
    if !picture.realm.isEnabled {
      app.state = .inactive("The realm \(picture.realm.name) is switched off.")
    } else if !client.isShownInFull {
      app.state = .unreadable(
        reason:
          "The realm shows the client \(id) without its settings (\(client.untold.joined(separator: ", "))).",
        remedy: "give the service account of \(configuration.clientID) the role view-clients")
    } else if !client.isEnabled {
      app.state = .inactive("The client \(id) is switched off.")
    } else if !client.isFollowed {
      app.state = .unjudged(
        reason:
          "The client \(id) speaks \(client.speaks ?? "?"), whose sign-ins idsync does not follow.",
        remedy: "name the client that people sign in through")
    } else if let policy = KeycloakDoorCompiler(picture: picture, builder: builder).policy(
      of: client)
    {
      app.state = .readable(builder.model(Self.enabled(policy, picture, builder)))
      let accounting = KeycloakAccounting(
        client: client, picture: picture, isLinkingVouched: builder.isVouchedFor(.linking))
      for issue in app.account(KeycloakDoors.self, builder.vouches, accounting.state) {
        reading.log.add(issue)
      }
    } else {
      app.state = .unjudged(
        reason: "The client \(id) has no way in for people: nothing was found to be judged.",
        remedy: "name the client that people sign in through")
    }
    return app
  }

  /// A disabled account lets nobody in; where people may make another one of its address that is no end.
  private static func enabled(
    _ policy: SignInPolicy, _ picture: KeycloakRealmPicture, _ builder: KeycloakModelBuilder
  ) -> SignInPolicy {
    guard let disabled = builder.disabled else { return policy }
    let rule = builder.rule(
      RuleReference(
        policyID: picture.realm.name, policyName: "accounts", ruleID: "enabled",
        ruleName: "a disabled account", demand: "refuses"))
    return .branch(.subject(disabled), .demand(.refused, by: rule), policy)
  }

  // MARK: Evidence

  private static func evidence(
    _ client: KeycloakWire.Client, _ picture: KeycloakRealmPicture
  ) -> [EvidenceItem] {
    let realm = picture.realm
    var items = [
      EvidenceItem(.status, id: client.id, name: "client \(client.clientID)", value: doors(client)),
      EvidenceItem(
        .status, name: "realm \(realm.name)",
        value: "browser flow '\(realm.browserFlow)', direct grant flow '\(realm.directGrantFlow)'"),
    ]
    let bindings = [
      (client.hasBrowserDoor, picture.browserFlow(of: client), client.browserOverride, "browser"),
      (
        client.directGrants, picture.directGrantFlow(of: client), client.directGrantOverride,
        "direct grant"
      ),
    ]
    for (isOpen, alias, override, word) in bindings where isOpen {
      guard let alias, let flow = picture.flows[alias]?.value else { continue }
      items.append(
        EvidenceItem(
          .flow, id: flow.id, name: flow.alias,
          value: "\(word) flow, \(override == nil ? "of the realm" : "bound to the client"): "
            + flow.steps.map { text($0) }.joined(separator: ", "),
          path: "/authentication/flows/\(flow.alias)/executions"))
    }
    for provider in picture.brokers where client.hasBrowserDoor {
      items.append(
        EvidenceItem(
          .delegation, id: provider.alias,
          name: "identity provider \(provider.name ?? provider.alias)",
          value: (provider.isEnabled == nil ? "may be switched off; " : "")
            + "broker-possible: people who are linked to it may sign in there"
            + (provider.postBrokerFlow.map { ", then flow '\($0)'" } ?? ""),
          path: "/identity-provider/instances"))
    }
    return items
  }

  private static func doors(_ client: KeycloakWire.Client) -> String {
    var doors: [String] = []
    if client.isSAML { doors.append("SAML") }
    if client.standardFlow && !client.isSAML { doors.append("standard flow") }
    if client.implicitFlow { doors.append("implicit flow") }
    if client.deviceFlow { doors.append("device flow") }
    if client.directGrants { doors.append("direct access grants") }
    if client.backchannel { doors.append("CIBA") }
    if client.enhancedClient { doors.append("SAML ECP") }
    if let minimum = client.minimumACR { doors.append("minimum ACR \(minimum)") }
    if !client.defaultACRs.isEmpty {
      doors.append("default ACR \(client.defaultACRs.joined(separator: ", "))")
    }
    return doors.isEmpty ? "no door for people" : doors.joined(separator: ", ")
  }

  private static func text(_ step: KeycloakFlow.Step) -> String {
    var text = "\(step.name) \(step.requirement?.rawValue ?? "?")"
    if case .read(_, let values) = step.settings, !values.isEmpty {
      text +=
        " ("
        + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
        + ")"
    }
    let inner = step.steps.filter { $0.requirement != .disabled }.map { Self.text($0) }
    return inner.isEmpty ? text : "\(text) { \(inner.joined(separator: ", ")) }"
  }
}
