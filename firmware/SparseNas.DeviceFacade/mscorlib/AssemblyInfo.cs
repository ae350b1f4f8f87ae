using System.Reflection;

// The package that firmware projects name (nanoFramework.CoreLibrary 1.17.11).
[assembly: AssemblyVersion("1.17.11.0")]
