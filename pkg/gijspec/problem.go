package gijspec

// Severity says how bad a problem is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the request must not be sent
	SeverityWarning Severity = "warning" // it can be sent, and probably does not do what was meant
	SeverityNote    Severity = "note"    // good to know
)

// Problem is one finding of [Check].
type Problem struct {
	Severity Severity
	// Code is stable, snake_case: one of the Code constants.
	Code string
	// Key is the REST key that the problem is about; "" for the whole.
	Key string
	// Message says what is wrong: lower case, no period. It never holds a secret, nor an origin with a password in it.
	Message string
	// Remedy says what to do; "" if the message says it.
	Remedy string
}

// The codes of problems.
const (
	CodeUnknownType        = "unknown_type"
	CodeDeprecatedType     = "deprecated_type"
	CodeTypeMismatch       = "type_mismatch" // create: "type" in the values is another one
	CodeTypeChange         = "type_change"   // update: the type cannot be changed
	CodeMissingField       = "missing_field"
	CodeMissingCredential  = "missing_credential"
	CodeMixedCredentials   = "mixed_credentials"
	CodePasswordRefused    = "password_refused" // GitHub.com takes no passwords
	CodeUsernameNotAll     = "username_not_all" // TFS_SERVER with a pat
	CodeEmptySecret        = "empty_secret"
	CodeUnusedField        = "unused_field"
	CodeIgnoredKey         = "ignored_key"
	CodeUnknownKey         = "unknown_key"
	CodeWrongKind          = "wrong_kind"
	CodeBadEncoding        = "bad_encoding"
	CodeControlCharacter   = "control_character"
	CodeTooLong            = "too_long"
	CodeOutOfRange         = "out_of_range"
	CodeDefaultFolderDepth = "default_folder_depth"
	CodeBadOrigin          = "bad_origin"
	CodeOriginCredentials  = "origin_credentials"
	CodeBadRoot            = "bad_root"
	CodeUnknownRegion      = "unknown_region"
	CodeMisspeltRegion     = "misspelt_region"
	CodeBadAPIPath         = "bad_api_path"
	CodeBadFilter          = "bad_filter"
	CodeUnknownFunction    = "unknown_function"
	CodeBadRegex           = "bad_regex"
	CodeRegexNotEvaluated  = "regex_not_evaluated"
	CodeGlobalWithIDs      = "global_with_ids"
	CodeGlobalMissing      = "global_missing"
	CodeNoProjects         = "no_projects"
	CodeNegativeID         = "negative_id"
	CodeDuplicateID        = "duplicate_id"
)

// Codes returns every code that a [Problem] can have.
func Codes() []string {
	return []string{
		CodeUnknownType, CodeDeprecatedType, CodeTypeMismatch, CodeTypeChange, CodeMissingField,
		CodeMissingCredential, CodeMixedCredentials, CodePasswordRefused, CodeUsernameNotAll, CodeEmptySecret, CodeUnusedField,
		CodeIgnoredKey, CodeUnknownKey, CodeWrongKind, CodeBadEncoding, CodeControlCharacter, CodeTooLong, CodeOutOfRange,
		CodeDefaultFolderDepth, CodeBadOrigin, CodeOriginCredentials, CodeBadRoot, CodeUnknownRegion, CodeMisspeltRegion, CodeBadAPIPath,
		CodeBadFilter, CodeUnknownFunction, CodeBadRegex, CodeRegexNotEvaluated, CodeGlobalWithIDs, CodeGlobalMissing,
		CodeNoProjects, CodeNegativeID, CodeDuplicateID,
	}
}

// HasErrors reports whether one of the problems is an error.
func HasErrors(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == SeverityError {
			return true
		}
	}
	return false
}
