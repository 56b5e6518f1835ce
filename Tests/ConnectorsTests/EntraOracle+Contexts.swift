import MockIdP

extension EntraOracle {
  /// Everything the policies say, as one text: what is not in it cannot matter.
  private var text: String {
    String(decoding: JSON.array(policies).bytes, as: UTF8.self)
  }

  /// Every sign-in that differs in something some policy speaks of.
  var signIns: [SignIn] {
    let text = self.text
    var all = [SignIn()]
    func vary<Value>(
      _ values: [Value], when isMentioned: Bool, _ path: WritableKeyPath<SignIn, Value>
    ) {
      guard isMentioned else { return }
      all = all.flatMap { signIn in
        values.map { value in
          var next = signIn
          next[keyPath: path] = value
          return next
        }
      }
    }
    let has = { (word: String) in text.contains("\"\(word)\"") }
    vary(
      ["browser", "mobileAppsAndDesktopClients"],
      when: has("browser") || has("mobileAppsAndDesktopClients"), \.client)
    vary(
      ["android", "iOS", "windows", "windowsPhone", "macOS", "linux", "another"],
      when: has("includePlatforms"), \.platform)
    vary([false, true], when: has(Tenants.office), \.isInOffice)
    vary([false, true], when: has(EntraRandomPolicies.branch), \.isInBranch)
    vary([false, true], when: has(Tenants.lab), \.isInLab)
    vary([false, true], when: has("includeLocations"), \.isTrusted)
    vary(
      ["BR", "AR", "XX"], when: has(Tenants.brazil) || has(EntraRandomPolicies.south), \.country)
    let levels = ["none", "low", "medium", "high"]
    vary(levels, when: policies.contains { saysRisk($0, "signInRiskLevels") }, \.signInRisk)
    vary(levels, when: policies.contains { saysRisk($0, "userRiskLevels") }, \.userRisk)
    vary(
      ["none", "minor", "moderate", "elevated"],
      when: policies.contains { $0["conditions"]?["insiderRiskLevels"]?.text != nil }, \.insider)
    vary(
      ["ordinary", "deviceCodeFlow", "authenticationTransfer"], when: has("transferMethods"), \.flow
    )
    vary(
      [false, true], when: has("compliantDevice") || has("device.isCompliant -eq True"),
      \.isCompliant)
    vary([false, true], when: has("domainJoinedDevice"), \.isJoined)
    vary([false, true], when: has("device.model -eq 'X'"), \.matchesModel)
    vary(
      [[], ["approvedApplication"]], when: has("approvedApplication"), \.meetsOther)
    if has("t1") { all += all.map { $0.meeting("terms") } }
    vary([false, true], when: defaults != "off", \.microsoftAsks)
    vary([false, true], when: person.perUser != "disabled", \.isRemembered)
    vary([false, true], when: person.perUser == "enabled", \.isPending)
    vary([false, true], when: beside.mayRemember, \.isKnownBrowser)
    // Inside a trusted location is inside all of them.
    return all.filter { $0.isTrusted || (!$0.isInOffice && !$0.isInBranch) }
  }

  private func saysRisk(_ policy: JSON, _ key: String) -> Bool {
    policy["conditions"]?[key]?.elements?.isEmpty == false
  }

  /// Every way in which what nobody knows may be.
  var worlds: [World] {
    var all = [World()]
    func fact(_ name: String) {
      guard all[0].facts[name] == nil else { return }
      all = all.flatMap { world in
        [false, true].map { value in
          var next = world
          next.facts[name] = value
          return next
        }
      }
    }
    if defaults == "unreadable" { fact("defaults") }
    if person.perUser == "unreadable" { fact("perUser") }
    for name in besideFacts { fact(name) }
    for name in beside.federation == nil ? [] : ["provider", "staged rollout"] {
      all = all.flatMap { world in
        ["refused", "one", "two"].map { value in
          var next = world
          next.demands[name] = value
          return next
        }
      }
    }
    for policy in policies {
      let name = policy["displayName"]?.text ?? ""
      let conditions = policy["conditions"]
      if let riddle = conditions?["riddle"], riddle != .null { fact("riddle of \(name)") }
      for side in ["include", "exclude"] {
        for id in conditions?["users"]?["\(side)Groups"]?.elements?.compactMap(\.text) ?? []
        where unreadableGroups.contains(id) { fact("in \(id)") }
        let tenants = conditions?["users"]?["\(side)GuestsOrExternalUsers"]?["externalTenants"]
        if tenants?["membershipKind"]?.text == "enumerated" {
          fact("from \((tenants?["members"]?.elements?.compactMap(\.text) ?? []).sorted())")
        }
      }
      if let rule = conditions?["applications"]?["applicationFilter"]?["rule"]?.text {
        fact("filter \(rule)")
      }
      let controls = policy["grantControls"]?["builtInControls"]?.elements?.compactMap(\.text)
      if controls?.contains("faceScan") == true {
        all = all.flatMap { world in
          ["refused", "one", "two"].map { value in
            var next = world
            next.demands["faceScan of \(name)"] = value
            return next
          }
        }
      }
    }
    return all
  }
}

extension EntraOracle.SignIn {
  fileprivate func meeting(_ what: String) -> Self {
    var copy = self
    copy.meetsOther.insert(what)
    return copy
  }
}
