package gijspec

// Region is an AWS region that hosts CodeCommit.
type Region struct {
	// Code is the value of the REST field "awsRegion", such as "eu-central-1".
	Code string
	// Name is Amazon's name for it, such as "Europe (Frankfurt)".
	Name string
}

// misspeltRegion stands in the vendor's three region lists where the type's reference, and AWS, have ap-south-1.
const misspeltRegion, spelledRegion = "ap-outh-1", "ap-south-1"

// Regions returns the 26 regions that the vendor lists, in its order, with "ap-south-1" spelled as AWS does (the list has
// "ap-outh-1").
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/
func Regions() []Region {
	return []Region{
		{"us-east-1", "US East (N. Virginia)"},
		{"us-east-2", "US East (Ohio)"},
		{"us-west-1", "US West (N. California)"},
		{"us-west-2", "US West (Oregon)"},
		{"af-south-1", "Africa (Cape Town)"},
		{"ap-east-1", "Asia Pacific (Hong Kong)"},
		{spelledRegion, "Asia Pacific (Mumbai)"},
		{"ap-south-2", "Asia Pacific (Hyderabad)"},
		{"ap-northeast-3", "Asia Pacific (Osaka)"},
		{"ap-northeast-2", "Asia Pacific (Seoul)"},
		{"ap-southeast-1", "Asia Pacific (Singapore)"},
		{"ap-southeast-3", "Asia Pacific (Jakarta)"},
		{"ap-southeast-2", "Asia Pacific (Sydney)"},
		{"ap-northeast-1", "Asia Pacific (Tokyo)"},
		{"ca-central-1", "Canada (Central)"},
		{"eu-central-1", "Europe (Frankfurt)"},
		{"eu-central-2", "Europe (Zurich)"},
		{"eu-west-1", "Europe (Ireland)"},
		{"eu-west-2", "Europe (London)"},
		{"eu-west-3", "Europe (Paris)"},
		{"eu-south-1", "Europe (Milan)"},
		{"eu-south-2", "Europe (Spain)"},
		{"eu-north-1", "Europe (Stockholm)"},
		{"me-central-1", "Middle East (UAE)"},
		{"me-south-1", "Middle East (Bahrain)"},
		{"sa-east-1", "South America (São Paulo)"},
	}
}

func regionCodes() []string {
	regions := Regions()
	codes := make([]string, len(regions))
	for i, region := range regions {
		codes[i] = region.Code
	}
	return codes
}
