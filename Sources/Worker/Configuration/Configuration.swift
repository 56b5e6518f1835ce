internal import ConnectorKit
internal import CurlTransport
public import IdentityCore
internal import Reports

/// One configuration file, checked.
public struct Configuration: Sendable {
  /// The file it came from.
  public var file: String
  /// Where the store lies, absolute.
  public var storePath: String
  /// The sources by name.
  var sources: [SourceName: SourceConfiguration]
  /// The teams, in the order of the file.
  public var teams: [TeamSettings]
  /// When evidence is too old and when a run is held.
  var policy: Policy
  /// The channels, in the order of the file.
  var alerts: [AlertConfiguration]
  /// The reports written after each run.
  var reports: [ReportConfiguration]
  /// When the daemon runs; kept for it.
  public var schedule: String?
  /// Proxy and certificate authorities.
  var transport: Transport
  /// Who the users of this machine are on local teams, by user.
  var actors: [String: ActorConfiguration] = [:]

  /// The sources that are our own store.
  var localSources: Set<SourceName> {
    Set(sources.filter { $0.value.kind.word == "local" }.keys).union(["local"])
  }

  struct Policy: Sendable {
    /// Seconds.
    var staleAfter: Int64 = 72 * 3600
    var changeGuard = ChangeGuard()
    /// How long a run may take, in seconds.
    var deadline: Int64 = 30 * 60
  }

  struct Transport: Sendable {
    var proxy: String?
    var caFile: String?
  }
}

/// A report written after each run.
struct ReportConfiguration: Sendable {
  var format: ReportFormat
  var output: String
  var team: TeamName?
}

/// A channel for alerts.
struct AlertConfiguration: Sendable {
  enum Kind: String, Sendable, CaseIterable { case email, webhook }

  enum Channel: Sendable {
    case email(Email)
    case webhook(Webhook)
  }

  struct Email: Sendable {
    var host: String
    var port: Int
    var security: MailSecurity
    var user: String?
    var password: SecretReference?
    var from: String
    var to: [String]
  }

  enum MailSecurity: String, Sendable, CaseIterable { case starttls, tls, none }

  struct Webhook: Sendable {
    var url: URLReference
    var secrets: [SecretReference]
    /// Seconds.
    var timeout: Int64
  }

  var name: String
  var severity: Severity
  var channel: Channel
}

/// An address, given as it is or by an environment variable (`env:NAME`).
enum URLReference: Sendable, Hashable {
  case plain(String)
  case secret(SecretReference)
}
