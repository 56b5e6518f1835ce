internal import ConnectorKit
internal import CurlTransport
internal import Foundation
internal import IdentityCore
internal import Storage

/// One thing that was checked.
public struct Diagnosis: Sendable {
  /// How it came out.
  public enum Outcome: String, Sendable { case good, warning, failure }

  /// What was checked: a source, `store`, `configuration`, a channel.
  public var source: String
  /// Which of its properties.
  public var check: String
  /// How it came out.
  public var outcome: Outcome
  /// What was found.
  public var message: String
  /// What to do about it; empty when nothing.
  public var remedy: String
}

extension SyncWorker {
  /// Checks configuration, store, sources and channels; nothing is changed anywhere.
  public func diagnose() async -> [Diagnosis] {
    var lines = [
      Diagnosis(
        source: "configuration", check: "file", outcome: .good, message: configuration.file,
        remedy: "")
    ]
    lines += configurationAdvice()
    lines.append(diagnoseStore())
    lines += unmetAdvice()
    let transport = transport()
    defer { transport.shutdown() }
    let factory = SourceFactory(
      configuration: configuration, setting: setting, transport: transport, cache: nil)
    for name in configuration.sources.keys.sorted() {
      lines += await diagnoseSource(name, factory)
    }
    for alert in configuration.alerts { lines.append(diagnoseChannel(alert, transport)) }
    lines += configuration.reports.map(diagnoseReport)
    let told = Set(lines.map(\.message))
    lines += await diagnoseNames(factory, lines).filter { !told.contains($0.message) }
    return lines
  }

  private func configurationAdvice() -> [Diagnosis] {
    configuration.teams.flatMap { team in
      var advice: [Diagnosis] = []
      if team.signIn.isEmpty {
        advice.append(
          Diagnosis(
            source: team.name, check: "sign_in", outcome: .warning,
            message: "no sign_in is configured",
            remedy: "name the provider and its app, or federated members stay cannot-tell"))
      }
      for exemption in team.exemptions where !exemption.isValid(at: now) {
        advice.append(
          Diagnosis(
            source: team.name, check: "exemption", outcome: .warning,
            message: "the exemption of \(exemption.subject) ended on \(exemption.until.text)",
            remedy: "renew it or take it out"))
      }
      return advice
    }
  }

  private func unmetAdvice() -> [Diagnosis] {
    let unmet = (try? unmetSettings()) ?? []
    return unmet.map {
      Diagnosis(
        source: $0.team, check: "exemption", outcome: .warning, message: $0.message,
        remedy: $0.remedy)
    }
  }

  private func diagnoseStore() -> Diagnosis {
    func line(_ outcome: Diagnosis.Outcome, _ message: String) -> Diagnosis {
      Diagnosis(
        source: "store", check: "file", outcome: outcome, message: message, remedy: "")
    }
    guard FileManager.default.fileExists(atPath: configuration.storePath) else {
      let directory = URL(fileURLWithPath: configuration.storePath).deletingLastPathComponent().path
      return FileManager.default.isWritableFile(atPath: directory)
        ? line(.good, "\(configuration.storePath) will be made by the first sync")
        : line(.failure, "\(directory) cannot be written")
    }
    do {
      let store = try Store(path: configuration.storePath, for: .reading)
      try store.checkIntegrity()
      guard !store.isReadOnly else {
        return line(
          .failure,
          "\(configuration.storePath) is whole, but can only be read: no run can write to it")
      }
      return line(.good, "\(configuration.storePath) is whole")
    } catch {
      return line(.failure, error.description)
    }
  }

  private func diagnoseSource(_ name: SourceName, _ factory: SourceFactory) async -> [Diagnosis] {
    do {
      let teams = configuration.teams.filter { $0.roster == name }.map(\.name)
      return try await factory.connector(name).diagnose(asking: teams).map { line in
        Diagnosis(
          source: line.source, check: line.check,
          outcome: line.outcome == .good ? .good : line.outcome == .warning ? .warning : .failure,
          message: line.message, remedy: line.remedy)
      }
    } catch {
      return [
        Diagnosis(
          source: name, check: "credentials", outcome: .failure, message: "\(error)", remedy: "")
      ]
    }
  }

  private func diagnoseReport(_ report: ReportConfiguration) -> Diagnosis {
    let problem = ReportFile.problem(with: report.output)
    return Diagnosis(
      source: "reports", check: report.output, outcome: problem == nil ? .good : .failure,
      message: problem?.description ?? "will be written after each run", remedy: "")
  }

  private func diagnoseChannel(_ alert: AlertConfiguration, _ transport: HTTPTransport) -> Diagnosis
  {
    func line(_ outcome: Diagnosis.Outcome, _ message: String, _ remedy: String) -> Diagnosis {
      Diagnosis(
        source: alert.name, check: "channel", outcome: outcome, message: message, remedy: remedy)
    }
    do {
      _ = try ChannelFactory(setting: setting, transport: transport, mailTransport: transport)
        .channel(alert)
      return line(.good, "set up", "try it: idsync alerts test \(alert.name)")
    } catch {
      return line(.failure, "\(error)", "")
    }
  }
}
