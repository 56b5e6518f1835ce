/// A kind whose connectors change teams: ``TeamAdministration``, or our own store.
///
/// For every other kind the roster is only read, and people are changed in its system of record.
package protocol TeamChangingKind: SourceKind {}
