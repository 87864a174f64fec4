package translate

// Shape says how the value of a property differs between the two sides.
type Shape int

const (
	// Same is a value that has one shape on both sides.
	Same Shape = iota
	// ListInSDK is an object that pulumi-aws wraps in a list of at most one.
	ListInSDK
	// ListInBridge is an object that the bridge wraps in a list of at most one.
	ListInBridge
	// BoolInSDK is a boolean that Terraform keeps as text.
	BoolInSDK
	// DocumentInSDK is JSON that pulumi-aws takes as text or as an object and Terraform only as text.
	DocumentInSDK
	// Unsupported is a property that cannot be carried over, and is refused when it is set.
	Unsupported
)

// Field is a property that has another name or another shape on the other side.
type Field struct {
	// SDK is the property's name in pulumi-aws.
	SDK string
	// Bridge is its name in the bridge; empty if the same.
	Bridge string
	// Shape is the difference of its value.
	Shape Shape
	// Fields are the differences within the object, or within each object of the list, that it holds.
	Fields Fields
}

// Fields are the differences of one object.
type Fields []Field

// Direction says to whom a translated value is going.
type Direction int

const (
	// ToBridge is the way of a request.
	ToBridge Direction = iota
	// ToSDK is the way of a response.
	ToSDK
)

func (f Field) bridge() string {
	if f.Bridge == "" {
		return f.SDK
	}

	return f.Bridge
}

// names returns the property's name where it comes from and where it goes.
func (f Field) names(to Direction) (from, target string) {
	if to == ToBridge {
		return f.SDK, f.bridge()
	}

	return f.bridge(), f.SDK
}

// wraps tells whether the value becomes a list on its way, and unwraps whether it ceases to be one.
func (f Field) wraps(to Direction) bool {
	return f.Shape == ListInBridge && to == ToBridge || f.Shape == ListInSDK && to == ToSDK
}

func (f Field) unwraps(to Direction) bool {
	return f.Shape == ListInSDK && to == ToBridge || f.Shape == ListInBridge && to == ToSDK
}

// find returns the field that is called so where it comes from.
func (fs Fields) find(name string, to Direction) (Field, bool) {
	for _, f := range fs {
		if from, _ := f.names(to); from == name {
			return f, true
		}
	}

	return Field{}, false
}
