using System.Reflection;

// glyphs: no title, company or copyright, because each attribute takes flash and heap on the device.
[assembly: AssemblyVersion("1.0.0.0")]
