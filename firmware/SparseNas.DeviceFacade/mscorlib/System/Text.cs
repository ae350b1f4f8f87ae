using System.Collections;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace System;

public struct Char
{
    public const char MaxValue = '\uffff';
    public const char MinValue = '\u0000';
    public override extern string ToString();
    public extern char ToLower();
    public extern char ToUpper();
}

public sealed class String : IComparable, IEnumerable
{
    public extern IEnumerator GetEnumerator();
    public static readonly string Empty;
    public override extern bool Equals(object obj);
    [MethodImpl(InternalCall)] public static extern bool Equals(string a, string b);
    [MethodImpl(InternalCall)] public static extern bool operator ==(string a, string b);
    [MethodImpl(InternalCall)] public static extern bool operator !=(string a, string b);
    [IndexerName("Chars")] public extern char this[int index] { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public extern char[] ToCharArray();
    [MethodImpl(InternalCall)] public extern char[] ToCharArray(int startIndex, int length);
    public extern int Length { [MethodImpl(InternalCall)] get; }
    [MethodImpl(InternalCall)] public extern string[] Split(params char[] separator);
    [MethodImpl(InternalCall)] public extern string[] Split(char[] separator, int count);
    [MethodImpl(InternalCall)] public extern string Substring(int startIndex);
    [MethodImpl(InternalCall)] public extern string Substring(int startIndex, int length);
    [MethodImpl(InternalCall)] public extern string Trim(params char[] trimChars);
    [MethodImpl(InternalCall)] public extern string TrimStart(params char[] trimChars);
    [MethodImpl(InternalCall)] public extern string TrimEnd(params char[] trimChars);
    [MethodImpl(InternalCall)] public extern String(char[] value, int startIndex, int length);
    [MethodImpl(InternalCall)] public extern String(char[] value);
    [MethodImpl(InternalCall)] public extern String(char c, int count);
    [MethodImpl(InternalCall)] public static extern int Compare(string strA, string strB);
    [MethodImpl(InternalCall)] public extern int CompareTo(object value);
    [MethodImpl(InternalCall)] public extern int CompareTo(string strB);
    [MethodImpl(InternalCall)] public extern int IndexOf(char value);
    [MethodImpl(InternalCall)] public extern int IndexOf(char value, int startIndex);
    [MethodImpl(InternalCall)] public extern int IndexOf(char value, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern int IndexOfAny(char[] anyOf);
    [MethodImpl(InternalCall)] public extern int IndexOfAny(char[] anyOf, int startIndex);
    [MethodImpl(InternalCall)] public extern int IndexOfAny(char[] anyOf, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern int IndexOf(string value);
    [MethodImpl(InternalCall)] public extern int IndexOf(string value, int startIndex);
    [MethodImpl(InternalCall)] public extern int IndexOf(string value, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(char value);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(char value, int startIndex);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(char value, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern int LastIndexOfAny(char[] anyOf);
    [MethodImpl(InternalCall)] public extern int LastIndexOfAny(char[] anyOf, int startIndex);
    [MethodImpl(InternalCall)] public extern int LastIndexOfAny(char[] anyOf, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(string value);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(string value, int startIndex);
    [MethodImpl(InternalCall)] public extern int LastIndexOf(string value, int startIndex, int count);
    [MethodImpl(InternalCall)] public extern string ToLower();
    [MethodImpl(InternalCall)] public extern string ToUpper();
    public override extern string ToString();
    [MethodImpl(InternalCall)] public extern string Trim();
    public static extern string Concat(object arg0);
    public static extern string Concat(object arg0, object arg1);
    public static extern string Concat(object arg0, object arg1, object arg2);
    public static extern string Concat(params object[] args);
    [MethodImpl(InternalCall)] public static extern string Concat(string str0, string str1);
    [MethodImpl(InternalCall)] public static extern string Concat(string str0, string str1, string str2);
    [MethodImpl(InternalCall)] public static extern string Concat(string str0, string str1, string str2, string str3);
    [MethodImpl(InternalCall)] public static extern string Concat(params string[] values);
    public static extern string Intern(string str);
    public static extern string IsInterned(string str);
    public static extern string Format(string format, params object[] args);
    public extern string PadLeft(int totalWidth, char paddingChar = '\u0020');
    public extern string PadRight(int totalWidth, char paddingChar = '\u0020');
    public static extern bool IsNullOrEmpty(string value);
    public extern bool Contains(string value);
    public extern bool StartsWith(string value);
    public extern bool EndsWith(string value);
}
