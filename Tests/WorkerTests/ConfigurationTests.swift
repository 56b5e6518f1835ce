import Foundation
import IdentityCore
import Testing

@testable import Worker

/// A change to a good configuration that makes it wrong, and what is told of it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let name: String
  let old: String
  let new: String
  /// Where it is told to be: the line of this text in the changed file.
  let at: String
  /// The key told.
  let key: String
  /// What the message says.
  let words: [String]

  init(
    _ name: String, _ old: String, _ new: String, at: String? = nil, key: String, _ words: String...
  ) {
    self.name = name
    self.old = old
    self.new = new
    self.at = at ?? new
    self.key = key
    self.words = words
  }

  var testDescription: String { name }
}

@Suite("Configuration") struct ConfigurationTests {
  static let good = """
    store: sqlite:idsync.db
    sources:
      heroku: { kind: heroku, token: env:HEROKU_API_KEY }
      okta:
        kind: okta
        url: https://acme.okta.com/
        token: file:okta-token
        max_concurrent: 3
        rate_share: 25%
        collect: [factors]
        inbound_federation: none
      auth0: { kind: auth0, url: "https://acme.eu.auth0.com", client_id: AbC, client_secret: env:S }
      service:
        kind: okta
        url: https://beta.okta.com
        client_id: 0oa1
        private_key: file:/run/secrets/key.pem
        key_id: k1
    teams:
      acme-widgets:
        roster: heroku
        sign_in:
          - { provider: okta, app: 0oa1b2c3d4 }
          - { provider: auth0, app: AbCdEf123 }
        exemptions:
          - { member: break-glass@acme.com, reason: "sealed", approved_by: ciso@acme.com, until: 2027-01-31 }
    policy: { stale_after: 48h, guard: { max_changed: 10%, at_least: 7 } }
    alerts:
      admins:
        kind: email
        server: smtp://mail.acme.com:2525
        security: tls
        user: idsync
        password: env:MAIL_PASSWORD
        from: idsync@acme.com
        to: [team-admins, security@acme.com]
        severity: medium
      hook: { kind: webhook, url: env:HOOK_URL, secret: env:HOOK_SECRET, timeout: 5s }
    reports:
      - { format: html, output: access.html, team: acme-widgets }
      - format: csv
        output: /var/lib/idsync/access.csv
    schedule: "*/15 * * * *"
    transport: { proxy: "http://proxy.acme.com:3128", ca_file: ca.pem }
    """

  static func parse(_ text: String) throws(ConfigurationError) -> Configuration {
    try ConfigurationParser(file: "idsync.yaml", directory: "/etc/idsync").parse(text)
  }

  @Test("everything in a good file is read, with paths from where it lies")
  func whole() throws {
    let configuration = try Self.parse(Self.good)
    #expect(configuration.storePath == "/etc/idsync/idsync.db")
    #expect(configuration.sources.keys.sorted() == ["auth0", "heroku", "okta", "service"])
    let team = try #require(configuration.teams.first)
    #expect(team.name == "acme-widgets" && team.roster == "heroku")
    #expect(
      team.signIn == [
        SignInTarget(provider: "okta", app: "0oa1b2c3d4"),
        SignInTarget(provider: "auth0", app: "AbCdEf123"),
      ])
    #expect(team.exemptions.map(\.approvedBy) == ["ciso@acme.com"])
    #expect(configuration.policy.staleAfter == 48 * 3600)
    #expect(configuration.policy.changeGuard.maximumChanged == 0.1)
    #expect(configuration.policy.changeGuard.atLeast == 7)
    #expect(configuration.alerts.map(\.name) == ["admins", "hook"])
    #expect(
      configuration.reports.map(\.output) == [
        "/etc/idsync/access.html", "/var/lib/idsync/access.csv",
      ])
    #expect(configuration.transport.caFile == "/etc/idsync/ca.pem")
    #expect(configuration.sources["okta"]?.maxConcurrent == 3)
    #expect(configuration.sources["okta"]?.rateShare == 0.25)
  }

  static let mistakes: [Mistake] = [
    Mistake(
      "one identity provider leads to two places", "    inbound_federation: none",
      """
          upstream:
            - { idp: corp, provider: auth0, app: a }
            - { idp: corp, provider: auth0, app: b }
      """, at: "app: a }", key: "sources.okta.upstream", "corp", "named 2 times"),
    // Unknown keys, at every level, with the nearest right one.
    Mistake("unknown key", "schedule:", "shedule:", key: "shedule", "unknown", "\"schedule\""),
    Mistake(
      "unknown key of a source", "rate_share", "rateshare", key: "sources.okta.rateshare",
      "\"rate_share\""),
    Mistake(
      "unknown key of a flow source", "token: env:H", "tokn: x, token: env:H", at: "tokn",
      key: "sources.heroku.tokn", "\"token\""),
    Mistake(
      "unknown key of a team", "    exemptions:", "    exemptons: []\n    exemptions:",
      at: "exemptons", key: "teams.acme-widgets.exemptons", "\"exemptions\""),
    Mistake(
      "unknown key of a sign-in", "app: 0oa1b2c3d4", "app: 0oa1b2c3d4, apps: x",
      key: "teams.acme-widgets.sign_in[0].apps", "\"app\""),
    Mistake(
      "unknown key of an exemption", "reason: \"sealed\"", "reason: \"sealed\", untill: x",
      key: "teams.acme-widgets.exemptions[0].untill", "\"until\""),
    Mistake(
      "an exemption by group where no group can be asked for", "member: break-glass@acme.com",
      "group: Emergency, provider: auth0, at_most: 2",
      at: "group: Emergency", key: "teams.acme-widgets.exemptions[0].group",
      "\"auth0\" (auth0) cannot say who is in a group", "one by one"),
    Mistake(
      "unknown key of the policy", "stale_after: 48h", "stale_after: 48h, guards: 1",
      key: "policy.guards", "\"guard\""),
    Mistake(
      "unknown key of the guard", "at_least: 7", "at_leest: 7", key: "policy.guard.at_leest",
      "\"at_least\""),
    Mistake(
      "unknown key of a mail channel", "severity: medium", "severty: medium",
      key: "alerts.admins.severty", "\"severity\""),
    Mistake(
      "unknown key of a webhook", "timeout: 5s", "timeot: 5s", key: "alerts.hook.timeot",
      "\"timeout\""),
    Mistake(
      "unknown key of a report", "team: acme-widgets }", "teem: acme-widgets }",
      key: "reports[0].teem", "\"team\""),
    Mistake(
      "unknown key of the transport", "ca_file", "ca_fle", key: "transport.ca_fle", "\"ca_file\""),
    Mistake(
      "a key like no other", "schedule:", "zzz:", key: "zzz", "unknown", "known here", "schedule"),
    // Wrong types.
    Mistake(
      "a list for text", "roster: heroku", "roster: [heroku]", key: "teams.acme-widgets.roster",
      "expected text"),
    Mistake(
      "a mapping for text", "store: sqlite:idsync.db", "store: { a: b }", key: "store",
      "expected text"),
    Mistake(
      "text for a list", "collect: [factors]", "collect: factors", key: "sources.okta.collect",
      "expected a list"),
    Mistake(
      "text for a mapping", "guard: { max_changed: 10%, at_least: 7 }", "guard: 10%",
      key: "policy.guard", "expected a mapping"),
    Mistake(
      "a list for a mapping",
      "transport: { proxy: \"http://proxy.acme.com:3128\", ca_file: ca.pem }", "transport: []",
      key: "transport", "expected a mapping"),
    Mistake("no value", "key_id: k1", "key_id:", key: "sources.service.key_id", "no value"),
    Mistake(
      "words for a number", "max_concurrent: 3", "max_concurrent: three",
      key: "sources.okta.max_concurrent", "whole number"),
    Mistake(
      "a number out of range", "max_concurrent: 3", "max_concurrent: 0",
      key: "sources.okta.max_concurrent", "whole number"),
    Mistake(
      "a share without its sign", "rate_share: 25%", "rate_share: 25",
      key: "sources.okta.rate_share", "50%"),
    Mistake(
      "a share over the whole", "max_changed: 10%", "max_changed: 110%",
      key: "policy.guard.max_changed", "20%"),
    Mistake(
      "a duration without unit", "stale_after: 48h", "stale_after: 48", key: "policy.stale_after",
      "72h"),
    Mistake(
      "a duration over all bounds", "stale_after: 48h", "stale_after: 999999999999d",
      key: "policy.stale_after", "72h"),
    Mistake(
      "a date that is none", "until: 2027-01-31", "until: 2027-02-31",
      key: "teams.acme-widgets.exemptions[0].until", "2027-01-31"),
    Mistake(
      "a schedule of four fields", "*/15 * * * *", "*/15 * * *", key: "schedule", "five cron fields"
    ),
    Mistake("another store", "sqlite:idsync.db", "mysql:idsync", key: "store", "sqlite:PATH"),
    Mistake(
      "an address without scheme", "https://acme.okta.com/", "acme.okta.com",
      key: "sources.okta.url", "http or https URL"),
    Mistake(
      "a mail server without scheme", "smtp://mail.acme.com:2525", "mail.acme.com",
      key: "alerts.admins.server", "smtp://HOST:PORT"),
    Mistake(
      "a port that is none", "smtp://mail.acme.com:2525", "smtp://mail.acme.com:99999",
      key: "alerts.admins.server", "smtp://HOST:PORT"),
    // Words of a list, with the nearest.
    Mistake(
      "an unknown kind", "kind: heroku", "kind: heroko", key: "sources.heroku.kind", "\"heroku\""),
    Mistake(
      "an unknown channel", "kind: webhook", "kind: webhoook", key: "alerts.hook.kind",
      "\"webhook\""),
    Mistake(
      "an unknown severity", "severity: medium", "severity: medum", key: "alerts.admins.severity",
      "\"medium\""),
    Mistake(
      "an unknown format", "format: html", "format: htm", key: "reports[0].format", "\"html\""),
    Mistake(
      "an unknown security", "security: tls", "security: ssl", key: "alerts.admins.security",
      "starttls, tls, none"),
    Mistake(
      "something unknown to collect", "collect: [factors]", "collect: [factor]",
      key: "sources.okta.collect", "factors"),
    // What belongs together.
    Mistake(
      "an unknown source", "roster: heroku", "roster: herku", key: "teams.acme-widgets.roster",
      "\"heroku\""),
    Mistake(
      "an unknown provider", "provider: okta", "provider: octa",
      key: "teams.acme-widgets.sign_in[0].provider", "\"okta\""),
    Mistake(
      "a provider for a roster", "roster: heroku", "roster: okta", key: "teams.acme-widgets.roster",
      "cannot say who is on a team"),
    Mistake(
      "a roster for a provider", "provider: okta", "provider: heroku",
      key: "teams.acme-widgets.sign_in[0].provider", "cannot say how people sign in"),
    Mistake(
      "an unknown team", "team: acme-widgets", "team: acme-widget", key: "reports[0].team",
      "\"acme-widgets\""),
    Mistake(
      "a user without password", "    password: env:MAIL_PASSWORD\n", "", at: "server: smtp",
      key: "alerts.admins", "belong together"),
    // Missing keys.
    Mistake(
      "no store", "store: sqlite:idsync.db\n", "", at: "sources:", key: "", "\"store\" is missing"),
    Mistake(
      "no roster", "    roster: heroku\n", "", at: "sign_in:", key: "teams.acme-widgets",
      "\"roster\" is missing"),
    Mistake(
      "no address", "    url: https://acme.okta.com/\n", "", at: "kind: okta", key: "sources.okta",
      "\"url\" is missing"),
    Mistake(
      "no approval", "approved_by: ciso@acme.com, ", "", at: "member: break-glass",
      key: "teams.acme-widgets.exemptions[0]", "\"approved_by\" is missing"),
    Mistake(
      "a blank approval", "approved_by: ciso@acme.com", "approved_by: \"  \"",
      at: "member: break-glass", key: "teams.acme-widgets.exemptions[0].approved_by",
      "\"approved_by\" is empty"),
    Mistake(
      "no sender", "    from: idsync@acme.com\n", "", at: "kind: email", key: "alerts.admins",
      "\"from\" is missing"),
    // Secrets in the file.
    Mistake(
      "a literal token", "env:HEROKU_API_KEY", "HRKU-SECRET", key: "sources.heroku.token",
      "env:NAME", "never stands in the file"),
    Mistake(
      "a literal password", "env:MAIL_PASSWORD", "SECRET", key: "alerts.admins.password", "env:NAME"
    ),
    Mistake(
      "a literal key", "file:/run/secrets/key.pem", "SECRET", key: "sources.service.private_key",
      "file:PATH"),
    Mistake(
      "a literal webhook secret", "env:HOOK_SECRET", "whsec_SECRET", key: "alerts.hook.secret",
      "env:NAME"),
    Mistake(
      "a URL with credentials", "https://acme.okta.com/", "https://user:SECRET@acme.okta.com",
      key: "sources.okta.url", "a user or a password", "their own keys"),
    Mistake(
      "plain http to another machine", "https://acme.okta.com/", "http://acme.okta.com/",
      key: "sources.okta.url", "Plain http", "https"),
    Mistake(
      "a run without time", "stale_after: 48h", "deadline: 0s", key: "policy.deadline",
      "above zero", "30m"),
    Mistake(
      "a proxy with credentials", "http://proxy.acme.com:3128", "http://u:SECRET@proxy",
      key: "transport.proxy", "without credentials"),
    // YAML itself.
    Mistake("a tab", "sources:\n", "sources:\n\t", at: "\theroku", key: "", "not valid YAML"),
    Mistake(
      "an open quote", "\"*/15 * * * *\"", "\"*/15", at: "schedule", key: "", "not valid YAML"),
  ]

  @Test("a mistake is told with file, line, key and what to do", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    try #require(Self.good.contains(mistake.old))
    let text = Self.good.replacingOccurrences(
      of: mistake.old, with: mistake.new, range: Self.good.range(of: mistake.old))
    let error = #expect(throws: ConfigurationError.self) { try Self.parse(text) }
    let problems = error?.problems ?? []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let marker = mistake.at.split(separator: "\n").last.map(String.init) ?? mistake.at
    let line = lines.firstIndex { $0.contains(marker) }.map { $0 + 1 }
    let found = problems.first { $0.key == mistake.key }
    #expect(found != nil, "\(problems)")
    #expect(problems.count == 1, "one mistake, one problem: \(problems)")
    for word in mistake.words {
      #expect(found?.message.contains(word) == true, "\(word): \(found?.message ?? "")")
    }
    #expect(found?.file == "idsync.yaml")
    if mistake.key.isEmpty, mistake.words == ["not valid YAML"] {
      #expect(found?.line != nil)
    } else {
      #expect(
        abs((found?.line ?? 0) - (line ?? 0)) <= (mistake.new.isEmpty ? 1 : 0),
        "\(found?.line ?? 0) for \(line ?? 0)")
    }
    #expect(error?.description.contains("SECRET") == false, "a secret is never repeated")
  }

  @Test(
    "what is kept of a source is about all that the configuration says of it, not how it is read")
  func places() throws {
    func place(_ old: String, _ new: String) throws -> String? {
      #expect(old.isEmpty || Self.good.contains(old))
      let text = old.isEmpty ? Self.good : Self.good.replacingOccurrences(of: old, with: new)
      return try Self.parse(text).teams(at: Timestamp(milliseconds: 0)).first?.places["okta"]
    }
    let before = try #require(try place("", ""))
    for (old, new) in [
      ("inbound_federation: none", "per_app_policies: none"),
      ("https://acme.okta.com/", "https://other.okta.com/"),
      (
        "kind: okta\n    url: https://acme",
        "kind: okta\n    remembered_device_limit: 720h\n    url: https://acme"
      ),
    ] {
      #expect(try place(old, new) != before, "\(new)")
    }
    for (old, new) in [
      ("file:okta-token", "env:OTHER"), ("max_concurrent: 3", "max_concurrent: 2"),
      ("rate_share: 25%", "rate_share: 30%"), ("    collect: [factors]\n", ""),
    ] {
      #expect(try place(old, new) == before, "\(new)")
    }
  }

  @Test("the wrong word is repeated beside the right one, unless it may be a secret")
  func repeated() {
    let words: [(old: String, new: String, shown: String)] = [
      ("schedule:", "shedule:", "unknown key \"shedule\"; did you mean \"schedule\"?"),
      ("rate_share: 25%", "rate_share: 25", "expected a share such as 50%, not \"25\""),
      ("stale_after: 48h", "stale_after: 48", "not \"48\""),
      ("max_concurrent: 3", "max_concurrent: three", "not \"three\""),
      ("until: 2027-01-31", "until: 2027-02-31", "not \"2027-02-31\""),
      ("*/15 * * * *", "*/15 * * *", "not \"*/15 * * *\""),
      ("sqlite:idsync.db", "mysql:idsync", "expected sqlite:PATH, not \"mysql:idsync\""),
      ("https://acme.okta.com/", "acme.okta.com", "not \"acme.okta.com\""),
      ("smtp://mail.acme.com:2525", "mail.acme.com", "not \"mail.acme.com\""),
      ("kind: heroku", "kind: heroko", "no kind \"heroko\"; did you mean \"heroku\"?"),
      ("kind: webhook", "kind: webhoook", "not \"webhoook\"; did you mean \"webhook\"?"),
      ("security: tls", "security: ssl", "expected starttls, tls, none, not \"ssl\""),
      ("collect: [factors]", "collect: [factor]", "not \"factor\""),
      ("roster: heroku", "roster: herku", "no source \"herku\"; did you mean \"heroku\"?"),
      ("team: acme-widgets", "team: acme-widget", "no team \"acme-widget\"; did you mean"),
      ("roster: heroku", "roster: [heroku]", "expected text, not a list"),
      ("collect: [factors]", "collect: factors", "expected a list, not text"),
    ]
    for (old, new, shown) in words {
      let text = Self.good.replacingOccurrences(
        of: old, with: new, range: Self.good.range(of: old))
      let error = #expect(throws: ConfigurationError.self) { try Self.parse(text) }
      #expect(error?.description.contains(shown) == true, "\(shown): \(String(describing: error))")
    }
    let secrets = [
      ("env:HEROKU_API_KEY", "HRKU-HUSH"), ("env:MAIL_PASSWORD", "HUSH"),
      ("url: env:HOOK_URL", "url: hooks.example.com/services/HUSH"),
      ("https://acme.okta.com/", "https://u:HUSH@acme.okta.com"),
      ("smtp://mail.acme.com:2525", "smtp://u:HUSH@mail.acme.com"),
      ("sqlite:idsync.db", "postgres://u:HUSH@db/idsync"),
      ("heroku: { kind: heroku, token: env:HEROKU_API_KEY }", "heroku: HUSH"),
    ]
    for (old, new) in secrets {
      let text = Self.good.replacingOccurrences(
        of: old, with: new, range: Self.good.range(of: old))
      let error = #expect(throws: ConfigurationError.self) { try Self.parse(text) }
      #expect(error?.description.contains("HUSH") == false, "\(String(describing: error))")
    }
  }

  @Test("everything wrong is told at once, in the order of the file")
  func together() {
    let text = Self.good.replacingOccurrences(of: "kind: webhook", with: "kind: pigeon")
      .replacingOccurrences(of: "max_concurrent: 3", with: "max_concurrent: many")
      .replacingOccurrences(of: "format: html", with: "format: papyrus")
    let error = #expect(throws: ConfigurationError.self) { try Self.parse(text) }
    #expect(
      error?.problems.map(\.key) == [
        "sources.okta.max_concurrent", "alerts.hook.kind", "reports[0].format",
      ])
  }

  @Test(
    "a file that is no configuration says what it is",
    arguments: [
      ("", "empty"), ("# nothing\n", "empty"), ("- a\n- b\n", "expected a mapping"),
      ("just words", "expected a mapping"), ("a: b\na: c\n", "twice"), ("a: [", "not valid YAML"),
      ("store: *nowhere", "not valid YAML"),
    ])
  func noConfiguration(text: String, word: String) {
    let error = #expect(throws: ConfigurationError.self) { try Self.parse(text) }
    #expect(
      error?.problems.contains { $0.message.contains(word) } == true, "\(String(describing: error))"
    )
  }

  @Test("a file that is too large, too deep or full of references ends in an error, soon")
  func hostile() {
    let laughs = (0..<40).map {
      "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: $0 == 0 ? 0 : 9).joined(separator: ","))]"
    }
    for text in [
      String(repeating: "x", count: 2 << 20), String(repeating: "[", count: 500_000),
      String(repeating: "{a: ", count: 100_000), laughs.joined(separator: "\n"),
    ] {
      #expect(throws: ConfigurationError.self) { try Self.parse(text) }
    }
  }
}
