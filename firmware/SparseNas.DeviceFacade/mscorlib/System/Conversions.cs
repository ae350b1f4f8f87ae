using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

[Flags]
public enum Base64FormattingOptions
{
    None = 0,
    InsertLineBreaks = 1,
}

public static class BitConverter
{
    public static extern bool IsLittleEndian { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public static extern long DoubleToInt64Bits(double value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(bool value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(char value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(double value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(float value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(int value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(long value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(short value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(uint value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(ulong value);
    [MethodImpl(InternalCall)] public static extern byte[] GetBytes(ushort value);
    [MethodImpl(InternalCall)] public static extern double Int64BitsToDouble(long value);
    [MethodImpl(InternalCall)] public static extern bool ToBoolean(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern char ToChar(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern double ToDouble(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern short ToInt16(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern int ToInt32(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern long ToInt64(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern float ToSingle(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern string ToString(byte[] value);
    [MethodImpl(InternalCall)] public static extern string ToString(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern string ToString(byte[] value, int startIndex, int length);
    [MethodImpl(InternalCall)] public static extern ushort ToUInt16(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern uint ToUInt32(byte[] value, int startIndex);
    [MethodImpl(InternalCall)] public static extern ulong ToUInt64(byte[] value, int startIndex);
}

public static class Convert
{
    public static extern bool ToBoolean(byte value);
    public static extern char ToChar(ushort value);
    public static extern sbyte ToSByte(string value, int fromBase = 10);
    public static extern byte ToByte(string value, int fromBase = 10);
    public static extern byte ToByte(bool value);
    public static extern DateTime ToDateTime(string value);
    public static extern short ToInt16(string value, int fromBase = 10);
    public static extern ushort ToUInt16(string value, int fromBase = 10);
    public static extern int ToInt32(string value, int fromBase = 10);
    public static extern uint ToUInt32(string value, int fromBase = 10);
    public static extern long ToInt64(string value, int fromBase = 10);
    public static extern ulong ToUInt64(string value, int fromBase = 10);
    public static extern double ToDouble(string value);
    public static extern float ToSingle(string value);
    public static extern string ToBase64String(byte[] inArray);
    public static extern string ToBase64String(byte[] inArray, Base64FormattingOptions options);
    public static extern string ToBase64String(byte[] inArray, int offset, int length);
    public static extern string ToBase64String(byte[] inArray, int offset, int length, Base64FormattingOptions options);
    [MethodImpl(InternalCall)] public static extern byte[] FromBase64String(string inString);
    public static extern byte[] FromBase64CharArray(char[] inArray, int offset, int length);
}
