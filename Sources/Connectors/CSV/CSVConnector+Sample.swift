internal import ConnectorKit
internal import IdentityCore

extension CSVConnector: Sampling {
  /// Reads the first rows, and all of the file for what is wrong with it.
  func sample(limit: Int, team: TeamName?) async -> SourceSample {
    var sample = SourceSample(source: name, call: call)
    var count = 0
    do throws(CSVFile.Unreadable) {
      let end = try file.read { event in
        switch event {
        case .header: break
        case .row(let row, let line):
          count += 1
          if sample.rows.count < limit { sample.rows.append(Self.row(row, line)) }
        case .wrongRow(let fault, _):
          if sample.notes.count < 20 { sample.notes.append(fault.sentence(in: self.file.name)) }
        }
        return true
      }
      if let fault = end.fault { sample.notes.append(fault.sentence(in: self.file.name)) }
    } catch {
      sample.notes.append("\(error.reason). \(error.remedy)")
    }
    sample.received = count
    return sample
  }

  private static func row(_ row: CSVRow, _ line: Int) -> SourceSample.Row {
    let member = row.member
    return SourceSample.Row(
      raw: "line \(line)",
      fields: [
        .init(name: "team", value: row.team), .init(name: "email", value: member.email),
        .init(name: "role", value: member.role.rawValue), .init(name: "name", value: member.name),
        .init(name: "id", value: member.userID),
        .init(name: "federated", value: member.federated.text),
        .init(name: "platform_mfa", value: member.platformMFA.text),
      ])
  }
}
