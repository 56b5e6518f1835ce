/// Recognises a page that was served before under another cursor, by its first row.
///
/// A list of a million rows has some thousand pages; to remember every row would cost more than the run may take.
package struct FirstRows {
  private var seen: Set<Int> = []

  package init() {}

  /// Whether the first row of a page was not the first row of an earlier one; its first field is the id.
  package mutating func isNew(_ rows: TableRows) -> Bool {
    guard rows.count > 0, let id = rows[0].text(0) else { return true }
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(id))
    return seen.insert(hasher.finalize()).inserted
  }
}
