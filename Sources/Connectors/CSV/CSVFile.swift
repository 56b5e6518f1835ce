internal import Foundation

/// A roster file, read piece by piece.
struct CSVFile: Sendable {
  let path: String

  /// The name without folders, for messages.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Why the file cannot be read at all.
  struct Unreadable: Error {
    let reason: String
    let remedy: String
  }

  /// What a pass over the file met.
  enum Event {
    case header(CSVHeader)
    case row(CSVRow, line: Int)
    /// One row is wrong; the team it names, if it names one.
    case wrongRow(CSVParser.Fault, team: String?)
  }

  private static let pieceBytes = 1 << 16

  /// Reads the file from its beginning and tells what is there.
  ///
  /// - Parameter body: takes events in order; false ends the pass.
  /// - Returns: how many bytes were read, and the fault that ended the pass early, if one did.
  func read(
    _ body: @escaping (Event) -> Bool
  ) throws(Unreadable) -> (bytes: Int, fault: CSVParser.Fault?) {
    let before = try stamp()
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Unreadable(
        reason: "\(path) cannot be opened", remedy: "Let the user of idsync read the file.")
    }
    defer { try? handle.close() }
    var pass = Pass(body: body)
    var bytes = 0
    do throws(CSVParser.Fault) {
      while let piece = try next(handle), !piece.isEmpty, pass.goesOn {
        bytes += piece.count
        try pass.take(piece)
      }
      if pass.goesOn { try pass.finish() }
    } catch {
      return (bytes, error)
    }
    if pass.goesOn, try stamp() != before {
      throw Unreadable(
        reason: "\(name) was changed while it was read",
        remedy: "Write the file under another name and move it to its place.")
    }
    return (bytes, nil)
  }

  private func next(_ handle: FileHandle) throws(CSVParser.Fault) -> Data? {
    do {
      return try handle.read(upToCount: Self.pieceBytes)
    } catch {
      throw CSVParser.Fault(line: 0, detail: "the file cannot be read on")
    }
  }

  /// What tells two states of the file apart.
  private func stamp() throws(Unreadable) -> [String] {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    guard let attributes else {
      throw Unreadable(
        reason: "\(path) is not there",
        remedy: "Put the file there, or correct `file` of the source in the configuration.")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw Unreadable(
        reason: "\(path) is no plain file",
        remedy: "Name a file under `file` of the source in the configuration.")
    }
    let time = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return [
      "\(attributes[.size] ?? "")", "\(time)", "\(attributes[.systemFileNumber] ?? "")",
    ]
  }

  /// One pass: header first, then rows.
  private struct Pass {
    let body: (Event) -> Bool
    var parser = CSVParser()
    var header: CSVHeader?
    var goesOn = true

    mutating func take(_ piece: Data) throws(CSVParser.Fault) {
      var parser = self.parser
      defer { self.parser = parser }
      try parser.feed(piece) { record throws(CSVParser.Fault) in try meet(record) }
    }

    mutating func finish() throws(CSVParser.Fault) {
      var parser = self.parser
      try parser.finish { record throws(CSVParser.Fault) in try meet(record) }
      if header == nil {
        throw CSVParser.Fault(
          line: 1, detail: "the file is empty; its first line names the columns team,email,role")
      }
    }

    private mutating func meet(_ record: CSVParser.Record) throws(CSVParser.Fault) {
      guard goesOn else { return }
      guard let header else {
        let found = try CSVHeader(record)
        header = found
        goesOn = body(.header(found))
        return
      }
      guard header.fits(record) else {
        let detail = "expected \(header.count) fields as in the first line, found \(record.count)"
        goesOn = body(.wrongRow(.init(line: record.line, detail: detail), team: nil))
        return
      }
      do throws(CSVParser.Fault) {
        goesOn = body(.row(try CSVRow(record, header), line: record.line))
      } catch {
        let team = header.text(.team, of: record)
        goesOn = body(.wrongRow(error, team: team == "" ? nil : team))
      }
    }
  }
}
